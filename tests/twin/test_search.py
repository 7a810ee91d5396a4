"""Firms are found by any part of a name, whatever signs the name holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count, product

import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.store import finding
from chaintwin.twin.twin import Twin

_parts = count()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("长春皓月清真肉业股份有限公司", "清真肉"),
        ("O'Reilly's 农机", "reilly's"),
        (r"甲\乙\\丙设备厂", r"\乙\\丙"),
        ("“引号”:与&竖线|!<->厂", "&竖线|!"),
        ("\U00020000业", "\U00020000"),
    ],
)
def test_a_firm_is_found_by_a_part_of_its_name(twin: Twin, name: str, part: str) -> None:
    asker = platform_asker()
    firm = Subject("Company", (("company_name", name),))

    with twin.change(asker, reason="登记", source="register") as changes:
        changes.record([Statement(firm, "name", Value(text=name))])
    with twin.view(asker) as view:
        found = [state.name for state in view.find("Company", text=part).states]

    assert found == [name]


def test_names_are_read_in_the_order_asked_for_as_each_reader_may_see_them(twin: Twin) -> None:
    asker, label = platform_asker(), Label.BUSINESS
    open_firm = Subject("Company", (("company_name", "公开厂"),))
    secret_firm = Subject("Company", (("company_name", "未公开厂"),))

    with twin.change(asker, reason="登记", source="register") as changes:
        changes.say(open_firm, "name", Value(text="公开厂"))
        changes.say(open_firm, "region", Value(text="220184"))
        changes.say(secret_firm, "name", Value(text="未公开厂"), label=label)
        changes.say(secret_firm, "region", Value(text="220184"))
        bodies = [changes.body("Company", *firm.keys) for firm in (secret_firm, open_firm)]
    uncleared = replace(asker, labels=frozenset({Label.PUBLIC}))
    with twin.view(uncleared) as view:
        secret_code = view.code(bodies[0])
        plain = [state.name for state in view.named(bodies)]
    with twin.view(asker) as view:
        full = [state.name for state in view.named(bodies)]

    assert plain == [secret_code, "公开厂"]
    assert full == ["未公开厂", "公开厂"]


def test_a_body_is_named_alike_whether_its_name_or_all_of_it_is_read(twin: Twin) -> None:
    asker = platform_asker()
    firm = Subject("Company", (("stock", "300999.SZ"),))

    with twin.change(asker, reason="登记", source="register") as changes:
        changes.say(firm, "short_name", Value(text="只有简称"))
        changes.say(firm, "stock", Value(text="300999.SZ"))
        body = changes.body("Company", *firm.keys)
    with twin.view(asker) as view:
        named, whole = view.named([body])[0], view.get(body)

    assert named.name == whole.name == "只有简称"
    assert named.is_demo == whole.is_demo
    assert not named.all("stock")


def an_area() -> str:
    """Return a region code that no other test of this module uses."""
    return f"{990000 + next(_parts)}"


def enter(twin: Twin, name: str, region: str, *industries: str, label: Label = Label.PUBLIC) -> int:
    firm = Subject("Company", (("company_name", f"{region}{name}"),))
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.say(firm, "name", Value(text=name), label=label)
        changes.say(firm, "region", Value(text=region), label=label)
        for code in industries:
            changes.say(firm, "industry", Value(text=code), label=label)
        return changes.body("Company", *firm.keys)


def names_found(twin: Twin, **wanted: str | int) -> list[str]:
    with twin.view(platform_asker()) as view:
        now = [state.name for state in view.find("Company", **wanted).states]  # type: ignore[arg-type]
    with twin.view(platform_asker(), known_at=twin.clock.now() + timedelta(days=1)) as view:
        then = [state.name for state in view.find("Company", **wanted).states]  # type: ignore[arg-type]
    assert now == then
    return now


def test_firms_are_found_by_the_beginnings_of_region_and_industry_codes(twin: Twin) -> None:
    area = an_area()
    enter(twin, "电池厂", area, "C3841", "C3849")
    enter(twin, "玉米厂", area, "C1391")
    enter(twin, "别处的电池厂", an_area(), "C3841")

    assert names_found(twin, region=area, industry="C38") == ["电池厂"]
    assert names_found(twin, region=area, industry="C") == ["电池厂", "玉米厂"]
    assert names_found(twin, region=area[:5], industry="C3849") == ["电池厂"]
    assert names_found(twin, region=area, industry="C3842") == []
    assert names_found(twin, region=area, text="玉米", industry="C1391") == ["玉米厂"]


def test_names_that_begin_with_the_text_come_before_those_that_hold_it(twin: Twin) -> None:
    area = an_area()
    for name in ("安阳吉林商行", "吉林乙厂", "白城吉林店", "吉林甲厂"):
        enter(twin, name, area)

    found = names_found(twin, region=area, text="吉林")

    assert found == ["吉林甲厂", "吉林乙厂", "安阳吉林商行", "白城吉林店"]


def test_what_may_not_be_read_is_not_found_by_any_term(twin: Twin) -> None:
    area = an_area()
    enter(twin, "保密电池厂", area, "C3841", label=Label.BUSINESS)
    uncleared = replace(platform_asker(), labels=frozenset({Label.PUBLIC}))

    with twin.view(uncleared) as view:
        wanted = ({"text": "保密"}, {"industry": "C3841"}, {"text": "保密", "region": area})
        totals = [view.find("Company", limit=5, **one).total for one in wanted]  # type: ignore[arg-type]
    with twin.view(platform_asker()) as view:
        cleared = view.find("Company", text="保密", region=area).total

    assert totals[0] == totals[2] == 0
    assert cleared == 1


def page_through(twin: Twin, size: int, **wanted: str) -> tuple[list[int], set[bool]]:
    found: list[int] = []
    bounded = set()
    with twin.view(platform_asker()) as view:
        while True:
            page = view.find("Company", limit=size, offset=len(found), **wanted)  # type: ignore[arg-type]
            found += [state.body for state in page.states]
            bounded.add(page.is_least)
            if len(page.states) < size:
                return found, bounded


@pytest.mark.parametrize(
    "bounds",
    [
        {"MOST_COUNTED": 8},
        {"MOST_COUNTED": 8, "MOST_WALKED": 2, "MOST_GATHERED": 7},
        {"MOST_COUNTED": 8, "MOST_WALKED": 12, "MOST_GATHERED": 7, "_SPARE": 2},
    ],
)
@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"region": "99"},
        {"region": "9900", "text": "乙"},
        {"region": "99", "industry": "C1"},
        {"text": "甲"},
        {"text": "甲乙"},
        {"industry": "C"},
        {"text": "乙", "industry": "C2"},
    ],
)
def test_beyond_the_bound_pages_hold_the_same_bodies_in_the_same_order(
    twin: Twin, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, str], bounds: dict[str, int]
) -> None:
    area = an_area()
    for number, parts in enumerate(product("甲乙丙", repeat=3)):
        enter(twin, "".join(parts) + area, area, f"C{number % 4}")
    # A body named twice, once beneath a label, is one body.
    enter(twin, f"甲乙甲{area}", area, label=Label.WORK)
    whole, exact = page_through(twin, 500, **wanted)

    for name, most in bounds.items():
        monkeypatch.setattr(finding, name, most)
    by_page, bounded = page_through(twin, 3, **wanted)

    assert by_page == whole
    assert len(set(whole)) == len(whole)
    assert exact == {False}
    assert True in bounded


def test_a_bounded_count_says_so(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        enter(twin, f"数不清厂{number}", an_area())
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)
    monkeypatch.setattr(finding, "MOST_WALKED", 10_000)

    with twin.view(platform_asker()) as view:
        page = view.find("Company", text="数不清", limit=2)

    assert (page.total, page.is_least) == (3, True)
