"""Writes the population of the newest revision: `python -m tests.engine.populations`.

Run it once when a migration is added. The file stays as it is from then on: it is what a database
of that revision held, and later programs must still read it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.engine.populations import FOLDER, populate

from chaintwin.engine.migrations import migrate, revisions
from chaintwin.engine.postgres import Cluster, ensure
from chaintwin.engine.upkeep.dump import clients_for
from chaintwin.kit.places import Places

_DUMP = ("--data-only", "--column-inserts", "--no-owner", "--exclude-table=alembic_version")


def main() -> None:
    """Make a fresh database, populate it with this program, write its rows."""
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-population-"))
    folder.chmod(0o711)
    cluster = ensure(Places(folder), environ={})
    try:
        migrate(cluster.owner_url)
        populate(cluster)
        target = FOLDER / f"{revisions()[-1]}.sql"
        target.write_text(dump(cluster), "utf-8")
        print(target.name)
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def dump(cluster: Cluster) -> str:
    """Return every row as INSERT statements, without what only psql understands."""
    program = clients_for(cluster).program("pg_dump")
    command = [str(program), *_DUMP, f"--dbname={cluster.super_url}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    kept = (line for line in said.splitlines() if line and not line.startswith(("--", "\\")))
    return "\n".join(kept) + "\n"


if __name__ == "__main__":
    main()
