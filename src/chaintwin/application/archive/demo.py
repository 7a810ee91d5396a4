"""Files the papers and changes of the demo projects through the same service as everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.application.archive import core
from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.filing import ChangeToFile, enter_papers, file_change
from chaintwin.application.archive.receiving import Paper
from chaintwin.application.archive.record import ChangeHead
from chaintwin.application.archive.schedule import parse_label
from chaintwin.application.archive.showing import original_of
from chaintwin.application.projects.finding import KIND, find_items
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Basis, Moment
from chaintwin.twin.door import Door
from chaintwin.twin.originals import Incoming, Originals
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

# Not the source that states the projects: what a load of that one no longer states is closed.
_RECORD = SourceRecord(
    "demo.filing", {"zh": "示例归档（虚构）", "en": "Demo filing (invented)"}, "own", rank=95
)
SOURCE = _RECORD.name
_REASON = "示例材料归档"
_PIECE = 1_048_576


@dataclass(frozen=True, slots=True)
class DemoTally:
    """How many papers and changes were filed now."""

    papers: int
    changes: int


@contextmanager
def open_desk_for(twin: Twin, asker: Asker, originals: Originals) -> Iterator[Desk]:
    """Open a desk outside a request; committed on leaving, undone on error."""
    with twin.database.transaction(asker.settings()) as connection:
        door = Door(twin, connection, asker, twin.view_in(connection, asker))
        yield Desk(door, originals)
        door.settle()


def file_demo(
    twin: Twin, asker: Asker, originals: Originals, folder: Path | None = None
) -> DemoTally:
    """File what content/demo/files.yml lists and every change of its projects; once is enough.

    `folder` is the demo folder. What is already filed is left alone.
    """
    folder = folder or content_folder() / "demo"
    twin.declare(_RECORD)
    papers = changes = 0
    listed: list[dict[str, Any]] = (
        read_yaml(folder / "files.yml") if (folder / "files.yml").is_file() else []
    )
    with twin.view(asker) as view:
        projects = [state.body for state in view.all(KIND) if state.is_demo]
    for number in projects:
        with open_desk_for(twin, asker, originals) as desk:
            project = desk.door.view.get(number)
            changes += file_missing_changes(desk, project, _REASON, Basis.DEMO)
            mine = [given for given in listed if given["project"] == project.one("code")]
            papers += _file_papers(desk, project, folder, mine)
    return DemoTally(papers, changes)


def file_missing_changes(
    desk: Desk, project: BodyState, reason: str, basis: Basis = Basis.REPORTED
) -> int:
    """File every change of a project that no item records yet; return how many there were.

    The asker must hold every label, or what cannot be read would be filed twice.
    """
    view = desk.door.view
    filed = {item.one("filed_change") for item in find_items(view, project.body)}
    made, _ = view.changes([project.body], limit=100_000)
    missing = [change for change in reversed(made) if change.number not in filed]
    if not missing:
        return 0
    changes = desk.door.change(reason, SOURCE)
    for change in missing:
        head = ChangeHead(change.number, change.at, change.actor, change.reason, change.source)
        title = f"项目信息变更记录:{change.reason}"
        filed_change = ChangeToFile(project.body, project.body, "field-change", title, head, basis)
        file_change(desk, changes, filed_change)
    desk.door.settle()
    return len(missing)


def _file_papers(desk: Desk, project: BodyState, folder: Path, listed: list[dict[str, Any]]) -> int:
    held = {original_of(item)["file_name"] for item in find_items(desk.door.view, project.body)}
    incoming: list[Incoming] = []
    try:
        papers = []
        for given in listed:
            name = core.clean_file_name(given["path"])
            if name not in held:
                incoming.append(_read(desk.originals, folder / "files" / given["path"]))
                papers.append(_paper(desk, given, name, incoming[-1]))
        if papers:
            enter_papers(desk, project.body, papers, _REASON, SOURCE)
        return len(papers)
    finally:
        for one in incoming:
            one.discard()


def _paper(desk: Desk, given: dict[str, Any], name: str, incoming: Incoming) -> Paper:
    return Paper(
        name, incoming, desk.schedule.type(given["item"]), given["title"],
        Moment.parse(given["formed_on"]), parse_label(given["label"]), given.get("responsible"),
        Basis.DEMO,
    )  # fmt: skip


def _read(originals: Originals, path: Path) -> Incoming:
    incoming = originals.begin()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                incoming.write(piece)
        return incoming.finish()
    except BaseException:
        incoming.discard()
        raise
