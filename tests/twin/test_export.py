"""What leaves the twin, and what never does."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.export import export_tenant
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

FIRM = Subject("Company", (("company_name", "导出公司"),))


def an_officer(twin: Twin, *roles: str) -> Asker:
    tenant = next(t.id for t in all_tenants(twin.database) if t.region == "220184")
    return Asker(tenant, "专员", roles=frozenset(roles), readable=frozenset({1, tenant}),
                 labels=frozenset(Label))  # fmt: skip


def read(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))


def test_facts_leave_with_both_clocks_and_evaluation_only_ones_stay(
    twin: Twin, tmp_path: Path
) -> None:
    twin.declare(SourceRecord("papers_only", {"zh": "仅供评估"}, evaluation_only=True))
    with twin.change(platform_asker(), reason="装载", source="register") as changes:
        changes.record([Statement(FIRM, "name", Value(text="导出公司"))])
        derived = Statement(FIRM, "status", Value(text="推导"), evidence={"in": "papers_only"})
        changes.record([derived])
    with twin.change(platform_asker(), reason="装载", source="papers_only") as changes:
        changes.record([Statement(FIRM, "website", Value(text="secret.example"))])

    export_tenant(twin, an_officer(twin, "officer"), tmp_path / "出.zip", with_public=True)

    facts = read(tmp_path / "出.zip", "facts.csv")
    mine = {
        row["attribute"]: row
        for row in facts
        if row["text"] in {"导出公司", "secret.example", "推导"}
    }
    assert set(mine) == {"name"}
    assert mine["name"]["known_from"]
    assert "papers_only" not in {row["name"] for row in read(tmp_path / "出.zip", "sources.csv")}


def test_a_key_that_only_an_evaluation_source_gave_stays(twin: Twin, tmp_path: Path) -> None:
    twin.declare(SourceRecord("papers_only", {"zh": "仅供评估"}, evaluation_only=True))
    name, stock = ("company_name", "甲(集团)公司"), ("stock", "600999.SH")
    known = Subject("Company", (stock, ("company_name", "甲集团公司")))
    with twin.change(platform_asker(), reason="装载", source="register") as changes:
        changes.record([
            Statement(known, "name", Value(text=name[1])),
            Statement(known, "stock", Value(text=stock[1])),
        ])  # fmt: skip
    also = Subject("Company", (stock, ("company_short", "甲旧称")))
    with twin.change(platform_asker(), reason="装载", source="papers_only") as changes:
        changes.record([Statement(also, "website", Value(text="secret.example"))])

    export_tenant(twin, an_officer(twin, "officer"), tmp_path / "键.zip", with_public=True)

    values = {row["value"] for row in read(tmp_path / "键.zip", "keys.csv")}
    assert {"甲集团公司", "600999.SH"} <= values
    assert "甲旧称" not in values


def test_an_export_needs_the_right_and_never_overwrites(twin: Twin, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    with pytest.raises(ForbiddenProblem):
        export_tenant(twin, an_officer(twin, "viewer"), path)
    export_tenant(twin, an_officer(twin, "officer"), path)
    with pytest.raises(ConflictProblem):
        export_tenant(twin, an_officer(twin, "officer"), path)

    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]
