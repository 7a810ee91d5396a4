"""Firms are found by any part of a name, whatever signs the name holds."""

from __future__ import annotations

import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.model.fact import Statement, Subject, Value
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
