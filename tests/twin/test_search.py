"""Firms are found by any part of a name, whatever signs the name holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.twin import Twin


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
