"""Writes a whole other content folder: an invented place, chain, firms, parks and projects."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

# What a place replaces; the rest of the folder is rules, which any place keeps.
_OF_A_PLACE = {
    "chains", "firms", "parks", "demo", "divisions.yml", "division_names.yml", "README.md",
}  # fmt: skip

PLACE = (("880000", "示例省"), ("880100", "示例市"), ("880121", "示例县"))
REGION = PLACE[-1][0]
FORMER_REGION = "880521"
CHAIN = "ganzhi"
_ELSEWHERE = (
    ("870000", "870100", "远岸"),
    ("860000", "860100", "高丘"),
    ("760000", "760100", "长滩"),
)
_STAGES = (("upstream", "上游"), ("midstream", "中游"), ("downstream", "下游"))
_PER_STAGE = 22
_LINKS = _PER_STAGE * len(_STAGES)
_INDUSTRIES = (
    "1320", "1391", "1411", "1512", "1713", "1751", "2034", "2221", "2614", "2651", "2710",
    "2913", "3042", "3311", "3360", "3422", "3525", "3670", "3724", "3841", "3975", "4011",
)  # fmt: skip
# Nobody has told how much of this industry the records cover.
_UNTOLD = "2710"
_CRITICALITY = ("essential", "important", "minor")
_REGISTER = "invented_register"
_DAY = "2026-10-01"

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A generated content folder and what was planted in it."""

    folder: Path
    links: int
    empty: frozenset[str]  # links with no firm in the region though its records cover them
    untold: frozenset[str]  # links of the industry whose coverage nobody declared
    firms: Sequence[str]
    projects: Sequence[str]


def write_content(folder: Path, shipped: Path, seed: int = 20261101) -> Written:
    """Write the folder; the same seed writes the same bytes. `shipped` lends its rules only."""
    rng = Random(seed)
    folder.mkdir(parents=True)
    for entry in sorted(shipped.iterdir()):
        if entry.is_dir() and entry.name not in _OF_A_PLACE:
            shutil.copytree(entry, folder / entry.name)
        elif entry.is_file() and entry.name not in _OF_A_PLACE:
            shutil.copy(entry, folder / entry.name)
    links = list(_links())
    here = set(rng.sample([link["code"] for link in links], _LINKS // 2))
    firms = list(_firms(rng, links, here))
    _write(folder / "division_names.yml", list(_regions()))
    changed = {
        "code": FORMER_REGION,
        "became": REGION,
        "title": PLACE[-1][1],
        "formerly": "旧示例县",
    }
    _write(folder / "divisions.yml", [changed | {"basis": "recalled"}])
    _write(folder / "chains" / f"{CHAIN}.yml", _chain(links))
    _write(folder / "firms" / "invented.yml", firms)
    _write(folder / "parks" / "invented.yml", list(_parks()))
    projects = _write_demo(folder / "demo", links)
    untold = frozenset(link["code"] for link in links if _UNTOLD in link["industries"])
    empty = frozenset(link["code"] for link in links if link["code"] not in here) - untold
    names = [firm["name"] for firm in firms]
    return Written(folder, len(links), empty, untold, names, projects)


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # JSON is YAML, and quotes every code.
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _names() -> Iterator[str]:
    for stem in "甲乙丙丁戊己庚辛壬癸":
        for branch in "子丑寅卯辰巳午未申酉戌亥":
            yield stem + branch


def _links() -> Iterator[Entry]:
    names = [name for name, _ in zip(_names(), range(_LINKS), strict=False)]
    for number, name in enumerate(names):
        stage, place = divmod(number, _PER_STAGE)
        industry = _INDUSTRIES[place]
        yield {
            "code": f"gz-{number:02d}",
            "title": {"zh": f"{name}料", "en": f"Ganzhi part {number}"},
            "stage": _STAGES[stage][0],
            "group": f"第{place % 4 + 1}组",
            "products": [f"{name}坯料", f"{name}成料"],
            "industries": [industry],
            "words": {"any": [f"{name}坯", f"{name}成料"], "none": [f"{name}废"]},
            "inputs": list(_inputs(number, stage, place)),
            "source": [
                {"claim": "industries", "basis": "matched", "in": _REGISTER, "match": [industry]},
                {"claim": "products", "basis": "recalled"},
            ],
        }


def _inputs(number: int, stage: int, place: int) -> Iterator[Entry]:
    if stage == 0:
        return
    for step, criticality in zip((0, 1, 7), _CRITICALITY, strict=True):
        before = (stage - 1) * _PER_STAGE + (place + step) % _PER_STAGE
        yield {"link": f"gz-{before:02d}", "criticality": criticality}


def _chain(links: list[Entry]) -> Entry:
    return {
        "chain": CHAIN,
        "title": {"zh": "干支材料", "en": "Ganzhi materials"},
        "version": _DAY,
        "valid_from": _DAY,
        "reference": {"basis": "recalled", "note": "虚构"},
        "stages": [{"code": code, "title": {"zh": zh, "en": code}} for code, zh in _STAGES],
        "links": links,
    }


def _regions() -> Iterator[Entry]:
    province, *within = ({"code": code, "name": name} for code, name in PLACE)
    yield {**province, "within": [*within, {"code": "880122", "name": "邻县"}]}
    for code, city, name in _ELSEWHERE:
        cities = [{"code": city, "name": f"{name}市"}]
        yield {"code": code, "name": f"{name}省", "within": cities}


def _changed() -> Entry:
    now = {"became": REGION, "title": PLACE[-1][1]}
    return {"code": FORMER_REGION, "formerly": "旧示例县", **now, "basis": "recalled"}


def _firms(rng: Random, links: list[Entry], here: set[str]) -> Iterator[Entry]:
    stock = iter(range(430001, 439999))
    for number, link in enumerate(links):
        for rank in range(rng.randint(1, 4) if link["code"] in here else 0):
            place = {"province": PLACE[0][0], "city": PLACE[1][0], "district": REGION}
            yield _firm(f"本{number:02d}{'一二三四'[rank]}", link, place, None)
        for rank in range(rng.randint(2, 4)):
            province, city, name = _ELSEWHERE[rank % len(_ELSEWHERE)]
            place = {"province": province, "city": city}
            yield _firm(f"{name}{number:02d}{'一二三四'[rank]}", link, place, f"{next(stock)}.BJ")


def _firm(short: str, link: Entry, place: Mapping[str, str], stock: str | None) -> Entry:
    product = link["products"][0]
    fields = {"name": f"{short}号实业股份有限公司", "short": f"{short}号", **place}
    listed = {} if stock is None else {"stock": stock}
    return {
        **fields,
        **listed,
        "products": {product: _REGISTER},
        "links": {f"{CHAIN}/{link['code']}": {"in": _REGISTER, "product": product}},
        "matched": dict.fromkeys([*fields, *listed], _REGISTER),
    }


def _parks() -> Iterator[Entry]:
    for name, level in (
        ("示例县经济开发区", "provincial"),
        ("示例市高新技术产业开发区", "national"),
    ):
        yield {
            "name": name, "short": name[:-3], "level": level, "type": "经开区",
            "district": REGION if level == "provincial" else PLACE[1][0],
            "lead_chains": [CHAIN], "industries": ["C13", "C38"], "matched": {},
        }  # fmt: skip


def _write_demo(folder: Path, links: list[Entry]) -> list[str]:
    _write(folder / "place.yml", [{"code": code, "name": name} for code, name in PLACE])
    _write(folder / "coverage.yml", [_coverage(code) for code in _INDUSTRIES if code != _UNTOLD])
    projects = [_project(number, links[number * 9]) for number in range(1, 4)]
    _write(folder / "projects.yml", projects)
    _write(folder / "leads.yml", [_lead(links[5])])
    _write(folder / "parcels.yml", [_parcel(number) for number in range(1, 5)])
    paper = {
        "path": "洽谈纪要.md", "demo": True, "project": "inv-p1", "item": "talk-minutes",
        "title": "示例·洽谈纪要", "formed_on": "2026-09-01", "kind": "md", "retention": "D30",
        "label": "商业秘密",
    }  # fmt: skip
    _write(folder / "files.yml", [paper])
    (folder / "files").mkdir()
    (folder / "files" / "洽谈纪要.md").write_text("# 示例·洽谈纪要\n\n全部虚构。\n", "utf-8")
    return [project["code"] for project in projects]


def _coverage(industry: str) -> Entry:
    return {
        "region": REGION, "industry": f"C{industry[:2]}", "share": 0.8,
        "population": "规上工业企业", "stated_by": "示例·统计专员", "stated_on": _DAY, "demo": True,
    }  # fmt: skip


def _project(number: int, link: Entry) -> Entry:
    return {
        "code": f"inv-p{number}", "demo": True, "title": f"示例·{link['title']['zh']}项目",
        "company_name": f"示例·第{number}投资公司", "link": f"{CHAIN}/{link['code']}",
        "region": REGION, "park": "示例县经济开发区", "parcel": f"inv-g{number}", "lead": None,
        "owner": "示例·招商专员", "investment_wan": 10000 * number, "land_mu": 50,
        "contacted_on": "2026-08-20",
        "history": [
            {"stage": "lead", "entered_on": "2026-08-10", "note": "引荐"},
            {"stage": "talks", "entered_on": "2026-08-20", "note": "研判通过"},
        ],
        "changes": [],
        "promises": [
            {"by": "investor", "text": "示例·两年内投产", "measure": "producing_on",
             "amount": None, "unit": None, "due": "2028-08-31", "status": "未到期"},
        ],
    }  # fmt: skip


def _lead(link: Entry) -> Entry:
    return {
        "code": "inv-l1", "demo": True, "title": "示例·意向", "firm": "示例·第九投资公司",
        "link": f"{CHAIN}/{link['code']}", "region": REGION, "channel": "展会",
        "reported_on": "2026-10-20", "reporter": "示例·招商专员", "responded_on": None,
        "studied_on": None, "investment_wan": 800, "status": "待响应", "project": None,
    }  # fmt: skip


def _parcel(number: int) -> Entry:
    return {
        "code": f"inv-g{number}", "demo": True, "title": f"示例·{number}号地块",
        "park": "示例县经济开发区", "district": REGION, "area_mu": 40.5 + number, "zoning": "工业",
        "price_wan_per_mu": 12.0, "power_kva": 4000, "water_t_per_day": 300, "status": "可供",
        "project": None,
        "position": {"grid": "inv", "column": number, "row": 1, "columns": 1, "rows": 1},
    }  # fmt: skip
