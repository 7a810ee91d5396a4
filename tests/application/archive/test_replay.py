"""The change log replays to what the dossier shows; what was altered is found."""

from __future__ import annotations

from chaintwin.application.archive.checking import (
    check_dossier,
    find_differences,
    ranks,
    read_records,
    shown_of,
)
from chaintwin.application.archive.record import replay
from chaintwin.application.projects.finding import find_items, find_project

from ..office import Office
from .looking import a_busy_project, as_of, sealed_file


def test_the_dossier_as_of_any_moment_is_the_change_log_replayed(office: Office) -> None:
    code, moments = a_busy_project(office)
    with office.desk() as desk:
        number = find_project(desk.door.view, code).body
        records = read_records(desk, find_items(desk.door.view, number))
        order = ranks(desk)

    for at in moments:
        with as_of(office, at) as desk:
            state = desk.door.view.get(number)
            replayed = replay(records, code, at, at, order)
            assert find_differences(replayed, shown_of(state)) == []
            filed = [item.known_from for one in find_items(desk.door.view, number)
                     for item in one.all("original")]  # fmt: skip
            assert len(filed) == moments.index(at) + 1
            assert all(moment <= at for moment in filed)


def test_a_replay_without_one_record_no_longer_agrees(office: Office) -> None:
    code, moments = a_busy_project(office)
    with office.desk() as desk:
        project = find_project(desk.door.view, code)
        records = read_records(desk, find_items(desk.door.view, project.body))
        del records[1]

        replayed = replay(records, code, moments[-1], moments[-1], ranks(desk))

        assert find_differences(replayed, shown_of(project))


def test_the_check_reads_all_and_replays(office: Office) -> None:
    code, _ = a_busy_project(office)

    with office.desk() as desk:
        checked = check_dossier(desk, code)

    assert (checked.unsound, checked.replays, checked.differences) == (0, True, [])
    assert checked.total == 11


def test_one_flipped_byte_is_named_by_the_check_and_the_paper_is_not_handed_out(
    office: Office,
) -> None:
    lead = office.lead()
    item = office.file(lead.code, "contract", b"%PDF-1.7 contract" * 100)
    path = sealed_file(office, item.original.sha256)
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)

    with office.desk() as desk:
        checked = check_dossier(desk, lead.code)

    assert [one.file_number for one in checked.items if not one.sound] == [item.file_number]
    assert checked.replays is None
    client = office.client()
    answer = client.get(f"/api/v1/projects/{lead.code}/files/{item.code}")
    assert answer.status_code == 500
    assert item.file_number in answer.json()["detail"]
