"""The demo region: real firms and parks with their evidence, invented records marked as such."""

import csv
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from .named_sets import NamedSets

CONTENT = Path(__file__).parent.parent.parent / "content"
DEMO_LISTS = ("projects", "leads", "parcels", "coverage", "files")
TODAY = date(2026, 11, 20)
# The day each of these facts falls into, counted from the stage's entry to the next stage's.
DATED_STAGES = {"signed_on": "signing", "registered_on": "registration",
                "building_on": "construction", "producing_on": "production"}  # fmt: skip
COORDINATE_WORDS = re.compile(
    r"\b(lng|lat|lon|longitude|latitude|coordinates?|geometry)\b\s*:|经度|纬度|坐标"
)
DEGREES = re.compile(r"\d{2,3}\.\d{3,}|[东北]经|北纬|\d+°")

Record = dict[str, Any]


@cache
def read(path: str) -> Any:
    return yaml.safe_load((CONTENT / path).read_text(encoding="utf-8"))


def demo(name: str) -> list[Record]:
    records: list[Record] = read(f"demo/{name}.yml")
    return records


def by_code(records: Sequence[Record]) -> Mapping[str, Record]:
    return {record["code"]: record for record in records}


def stages() -> list[str]:
    return [stage["code"] for stage in read("processes/project.yml")["stages"]]


def chain_links() -> set[str]:
    chains = [yaml.safe_load(path.read_text("utf-8")) for path in CONTENT.glob("chains/*.yml")]
    return {f"{chain['chain']}/{link['code']}" for chain in chains for link in chain["links"]}


def demo_texts() -> Iterator[tuple[Path, str]]:
    """Every demo file as text, whatever its format."""
    for path in sorted((CONTENT / "demo").rglob("*.*")):
        yield path, text_of(path)


def text_of(path: Path) -> str:
    if path.suffix == ".docx":
        with ZipFile(path) as archive:
            return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    if path.suffix == ".pdf":
        shown = re.findall(rb"<([0-9A-F]+)> Tj", path.read_bytes())
        return "\n".join(bytes.fromhex(text.decode()).decode("utf-16-be") for text in shown)
    return path.read_text(encoding="utf-8")


# Process and filing


def test_the_life_of_a_project_runs_from_lead_to_operation() -> None:
    titles = [stage["title"]["zh"] for stage in read("processes/project.yml")["stages"]]

    assert titles == ["线索", "洽谈", "签约", "注册", "建设", "投产", "运营"]


def test_a_gate_asks_only_for_what_a_project_has_and_the_archive_files() -> None:
    attributes = read("kinds/Project.yml")["attributes"]
    items = by_code(read("filing/schedule.yml")["items"])
    process = read("processes/project.yml")
    fields = by_code(process["fields"])
    gates = [stage["gate"] for stage in process["stages"][:-1]]

    assert all(gate["fields"] and gate["documents"] for gate in gates)
    assert fields.keys() <= attributes.keys()
    assert {code for gate in gates for code in gate["fields"]} == fields.keys()
    assert {code for gate in gates for code in gate["documents"]} <= items.keys()


def test_a_limit_in_days_names_its_rule_or_says_that_there_is_none() -> None:
    all_stages = read("processes/project.yml")["stages"]
    limits = [stage["max_days"] for stage in all_stages if stage["code"] != "operation"]
    limits += [step["max_days"] for stage in all_stages for step in stage.get("steps", [])]

    for limit in limits:
        known = limit["value"] is not None
        assert limit["basis"] == ("待核原文" if known else "未设")
        assert bool(limit["source"]) == known


def test_every_item_of_the_filing_schedule_has_a_known_place_period_and_label() -> None:
    schedule = read("filing/schedule.yml")
    groups, periods = by_code(schedule["groups"]), by_code(schedule["retentions"])

    for item in schedule["items"]:
        assert item["group"] in groups
        assert item["retention"] in periods
        assert item["category"] in by_code(schedule["categories"])
        assert item["stage"] in (None, *stages())
        assert item["label"] in ("公开", "内部", "工作秘密", "商业秘密", "个人信息")
    assert len(by_code(schedule["items"])) == len(schedule["items"])


def test_the_file_number_rule_makes_numbers_that_it_accepts() -> None:
    schedule = read("filing/schedule.yml")
    rule = schedule["file_number"]

    for item in schedule["items"]:
        number = rule["template"].format(
            fonds="Z001", category=item["category"], year=2026, retention=item["retention"],
            department="招商处", item="0001",
        )  # fmt: skip
        assert re.fullmatch(rule["pattern"], number)
    assert re.fullmatch(rule["pattern"], rule["example"])


@pytest.mark.parametrize(
    "broken",
    ["Z1-WS·2026·Y·招商处-0001", "Z001-XX·2026·Y·招商处-0001", "Z001-WS·26·Y·招商处-0001",
     "Z001-WS·2026·D20·招商处-0001", "Z001-WS·2026·Y·招商处-1", "Z001-WS·2026·Y·-0001"],
)  # fmt: skip
def test_the_file_number_rule_refuses_a_damaged_number(broken: str) -> None:
    assert not re.fullmatch(read("filing/schedule.yml")["file_number"]["pattern"], broken)


# Demo records


@pytest.mark.parametrize("name", DEMO_LISTS)
def test_every_demo_record_is_marked(name: str) -> None:
    for record in demo(name):
        assert record["demo"] is True
        assert (record.get("title") or record["stated_by"]).startswith("示例")


def test_every_invented_firm_and_person_is_marked() -> None:
    named = [record.get(field) for name in ("projects", "leads") for record in demo(name)
             for field in ("company_name", "firm", "owner", "reporter")]  # fmt: skip

    assert all(value.startswith("示例·") for value in named if value)
    assert len([value for value in named if value]) == 40


def test_every_demo_paper_says_at_its_head_that_it_is_an_example() -> None:
    papers = [(path, text) for path, text in demo_texts() if path.parent.name == "files"]

    assert len(papers) == 6
    for path, text in papers:
        assert "【示例】" in text[:20], path.name
        assert "虚构" in text[:120], path.name


def test_nothing_in_the_demo_claims_coordinates() -> None:
    for path, text in demo_texts():
        said = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        assert not COORDINATE_WORDS.search(said), path.name
        assert not DEGREES.search(said), path.name


def test_demo_projects_go_through_the_stages_in_order_and_step_back_with_a_reason() -> None:
    order = stages()
    for project in demo("projects"):
        steps = project["history"]
        assert steps[0]["stage"] == "lead"
        for before, after in itertools.pairwise(steps):
            forward = order.index(after["stage"]) - order.index(before["stage"])
            assert forward == (-1 if after.get("rollback") else 1), project["code"]
            assert len(after["reason"] if after.get("rollback") else after["note"]) >= 2
            assert (
                date.fromisoformat(before["entered_on"])
                < date.fromisoformat(after["entered_on"])
                <= TODAY
            )


def test_demo_projects_stand_in_every_stage() -> None:
    assert {project["history"][-1]["stage"] for project in demo("projects")} == set(stages())


def test_demo_projects_have_what_the_gates_behind_them_asked_for() -> None:
    gates = {stage["code"]: stage["gate"] for stage in read("processes/project.yml")["stages"]}
    for project in demo("projects"):
        passed = stages()[: stages().index(project["history"][-1]["stage"])]
        asked = {field for stage in passed for field in gates[stage]["fields"]}
        has = {field for field, value in project.items() if value not in (None, [])}
        # No credit code is invented: it might belong to somebody.
        renamed = {"name": "title", "promise": "promises"}
        missing = {renamed.get(field, field) for field in asked} - has
        assert missing <= {"credit_code"}, project["code"]


def test_dates_of_a_demo_project_fall_into_their_stage() -> None:
    for project in demo("projects"):
        entered = {step["stage"]: step["entered_on"] for step in project["history"]}
        for field, stage in DATED_STAGES.items():
            if field in project:
                later = stages()[stages().index(stage) + 1]
                assert entered[stage] <= project[field] <= entered.get(later, TODAY.isoformat())


def test_corrections_of_a_demo_project_lead_to_the_value_it_has_now() -> None:
    for project in demo("projects"):
        for change in project["changes"]:
            assert change["after"] == project[change["field"]]
            assert change["before"] != change["after"]
            assert change["reason"]


def test_demo_projects_leads_parcels_and_papers_point_to_each_other() -> None:
    projects, leads = by_code(demo("projects")), by_code(demo("leads"))
    parcels = by_code(demo("parcels"))

    for project in projects.values():
        assert project["parcel"] is None or parcels[project["parcel"]]["project"] == project["code"]
        assert project["lead"] is None or leads[project["lead"]]["project"] == project["code"]
    for record in (*leads.values(), *parcels.values(), *demo("files")):
        assert record["project"] is None or record["project"] in projects
    assert all(lead.get("merged_into", code) in leads for code, lead in leads.items())


def test_demo_links_and_parks_are_real_ones() -> None:
    links, parks = chain_links(), {park["name"] for park in read("parks/changchun.yml")}

    for record in (*demo("projects"), *demo("leads")):
        assert record["link"] in links, record["code"]
    for record in (*demo("projects"), *demo("parcels")):
        assert record["park"] in parks, record["code"]


def test_demo_parcels_do_not_lie_on_one_another() -> None:
    taken: set[tuple[str, int, int]] = set()
    for parcel in demo("parcels"):
        place = parcel["position"]
        cells = {
            (place["grid"], place["column"] + x, place["row"] + y)
            for x in range(place["columns"])
            for y in range(place["rows"])
        }
        assert not cells & taken, parcel["code"]
        taken |= cells


def test_demo_papers_agree_with_the_filing_schedule() -> None:
    items = by_code(read("filing/schedule.yml")["items"])
    folder = CONTENT / "demo" / "files"

    assert {paper["path"] for paper in demo("files")} == {path.name for path in folder.iterdir()}
    for paper in demo("files"):
        assert paper["retention"] == items[paper["item"]]["retention"]
        assert paper["label"] == items[paper["item"]]["label"]
        assert paper["path"].endswith(f".{paper['kind']}")


def test_the_coverage_statement_leaves_some_industries_of_the_chains_unknown() -> None:
    stated = {(row["region"], row["industry"]): row["share"] for row in demo("coverage")}

    assert len(stated) == len(demo("coverage"))
    assert all(re.fullmatch(r"[A-T]\d{2}", industry) for _, industry in stated)
    assert all(0 < share <= 1 for share in stated.values())
    assert stated["220100", "C36"] >= 0.7 > 0.4 >= stated["220100", "C30"]
    assert ("220184", "C37") not in stated


# Firms, parks and divisions


def test_the_region_has_firms_of_its_own_on_every_chain() -> None:
    local = [firm for firm in read("firms/changchun.yml") if firm.get("city") == "220100"]
    in_gongzhuling = [firm for firm in local if firm.get("district") == "220184"]
    chains = {link.split("/")[0] for link in chain_links()}

    assert len(local) >= 60
    assert len(in_gongzhuling) >= 8
    assert {link.split("/")[0] for firm in local for link in firm["links"]} == chains


def test_parks_name_their_level_and_lead_chains() -> None:
    chains = {link.split("/")[0] for link in chain_links()}
    parks = read("parks/changchun.yml")

    assert len({park["name"] for park in parks}) == len(parks)
    for park in parks:
        assert park["level"] in ("national", "provincial")
        assert set(park["lead_chains"]) <= chains
        assert all(re.fullmatch(r"[A-T]\d{2}", code) for code in park["industries"])


def test_gongzhuling_answers_to_its_old_code() -> None:
    changes = {change["code"]: change for change in read("divisions.yml")}

    assert changes["220381"]["became"] == "220184"
    assert len(changes) == len(read("divisions.yml"))


def test_what_parks_call_matched_stands_in_that_data_set(sets: NamedSets) -> None:
    for park in read("parks/changchun.yml"):
        for field, data_set in park["matched"].items():
            told = lies_in_district if field == "district" else is_named
            assert told(sets, park, field, data_set), (park["name"], field)


def is_named(sets: NamedSets, park: Record, field: str, data_set: str) -> bool:
    """zones_parks lists national 经开区 only, so the name there tells level and type too."""
    return sets.mentions(data_set, park[field] if field == "short" else park["name"])


def lies_in_district(sets: NamedSets, park: Record, field: str, data_set: str) -> bool:
    """A city's zones have codes of their own below it, a county's carry the county's code."""
    within = park[field].removesuffix("00")
    rows = csv.DictReader(sets.text(f"{data_set}/data.csv").splitlines())
    names = (park["name"], park["short"])
    return any(row["code"].startswith(within) and row["name"] in names for row in rows)


def test_what_divisions_call_matched_stands_under_that_name(sets: NamedSets) -> None:
    rows = csv.DictReader(sets.text("admin_divisions/adcodes_lnglat.csv").splitlines())
    old = {row["adcode"][:6]: row["name"] for row in rows}

    for change in read("divisions.yml"):
        assert sets.divisions[change["became"]] == change["title"]
        if "code" in change["matched"]:
            assert old[change["code"]] == change["formerly"]
        is_one = change["title"] == change["formerly"] and "code" in change["matched"]
        assert (change["basis"] == "matched") == is_one
