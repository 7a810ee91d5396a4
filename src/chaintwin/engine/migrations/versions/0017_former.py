"""States that branches still show are kept; relations are cut in a fixed order."""

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

from chaintwin.kit.chinese import search_key, search_terms, sort_key

revision = "0017"
down_revision = "0016"

# How states are found by name, region and industry: see the words of revisions 0010 and 0013.
_NAMED = """
UPDATE former_state SET sort_name = :sort_name, search_text = :search_text,
       terms = array_to_tsvector(CAST(:terms AS text[]))
WHERE (body, tenant, branch, label, known_to) = (:body, :tenant, :line, :label, :until)
"""


def upgrade() -> None:
    """Run the schema text that lies beside this file; enter how former states are found."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    bind = op.get_bind()
    bind.exec_driver_sql(sql.replace("%", "%%"))
    shown = bind.execute(
        text("SELECT body, tenant, line, label, until, name, words, region, industries FROM shown")
    )
    for row in shown.mappings().all():
        bind.execute(text(_NAMED), _found_by(row))
    for table in ("former_state", "former_rows"):
        bind.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _found_by(row: Any) -> dict[str, Any]:
    words, region = row["words"], row["region"] or ""
    terms = search_terms(words) if words is not None else set()
    terms |= {f"@r{region[:end]}" for end in range(2, len(region) + 1)}
    for industry in row["industries"] or ():
        terms |= {f"@i{industry[:end]}" for end in range(1, len(industry) + 1)}
    return {
        **{name: row[name] for name in ("body", "tenant", "line", "label", "until")},
        "sort_name": None if words is None else sort_key(row["name"] or words),
        "search_text": None if words is None else search_key(words),
        "terms": sorted(terms),
    }
