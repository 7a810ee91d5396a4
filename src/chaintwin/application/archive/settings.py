"""全宗号 and department of a tenant, and the filing schedule as shown."""

from __future__ import annotations

import re

from chaintwin.access.store.tenants import list_tenants
from chaintwin.application.archive.models import (
    GroupShown,
    RetentionShown,
    ScheduleItem,
    ScheduleShown,
    SettingsShown,
)
from chaintwin.application.archive.schedule import LABELS, Schedule, label_name, load_schedule
from chaintwin.application.shown import Bilingual
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import Value
from chaintwin.twin.door import Door

KIND = "Fonds"
_FONDS = re.compile(r"[A-Z]\d{3}")
_DEPARTMENT = re.compile(r"[^-·\s]+")


def show_settings(door: Door, schedule: Schedule | None = None) -> SettingsShown:
    """Return the tenant's numbering settings; a demo tenant without any has the demo default."""
    for state in door.view.all(KIND):
        fonds = state.held("code")
        if fonds is not None and fonds.tenant == door.asker.tenant:
            return SettingsShown(
                fonds=str(fonds.value), department=state.one("department"), demo=False
            )
    rule = (schedule or load_schedule()).rule
    tenants = {tenant.id: tenant for tenant in list_tenants(door.connection)}
    if door.asker.tenant in tenants and tenants[door.asker.tenant].demo:
        return SettingsShown(fonds=rule.demo_fonds, department=rule.demo_department, demo=True)
    return SettingsShown(fonds=None, department=None, demo=False)


def numbering(door: Door, schedule: Schedule) -> tuple[str, str]:
    """Return (fonds, department); raise ConflictProblem while they are not set."""
    held = show_settings(door, schedule)
    if held.fonds is None or held.department is None:
        raise ConflictProblem(
            "本单位尚未设置全宗号和机构名称,无法编制档号,本次操作未保存。"
            "请档案员在“档案设置”中填写后重试。",
            "The fonds number and department of your office are not set, so nothing can be "
            "numbered; nothing was saved. Ask the archivist to fill in the archive settings.",
        )
    return held.fonds, held.department


def set_settings(door: Door, fonds: str, department: str) -> SettingsShown:
    """Set the numbering from now on; raise InputProblem for a malformed part."""
    door.asker.require("archive:write")
    if not _FONDS.fullmatch(fonds):
        raise InputProblem(
            f"全宗号“{fonds}”应为一个大写字母加三位数字,如 Z109。",
            f"The fonds number “{fonds}” must be a capital letter and three digits, like Z109.",
        )
    if not _DEPARTMENT.fullmatch(department):
        raise InputProblem(
            f"机构“{department}”不能含空格、“-”或“·”,它们是档号的分隔符。",
            f"The department “{department}” may hold no space, “-” or “·”: they divide the number.",
        )
    door.require_main()
    changes = door.change("设置全宗号和机构")
    body = changes.body(KIND, ("fonds_of_tenant", str(door.asker.tenant)))
    changes.say(body, "name", Value(text=f"{fonds} {department}"))
    changes.say(body, "code", Value(text=fonds))
    changes.say(body, "department", Value(text=department))
    door.audit("archive_settings", fonds, {"department": department})
    door.settle()
    return show_settings(door)


def show_schedule() -> ScheduleShown:
    """Return the filing schedule in use."""
    schedule = load_schedule()
    return ScheduleShown(
        schedule=schedule.name,
        version=schedule.version,
        title=Bilingual(**schedule.title),
        source=schedule.source,
        basis=schedule.basis,
        groups=[
            GroupShown(code=code, title=Bilingual(**title), count=0)
            for code, title in schedule.groups.items()
        ],
        retentions=[
            RetentionShown(code=code, title=Bilingual(**title), years=years)
            for code, (title, years) in schedule.retentions.items()
        ],
        items=[
            ScheduleItem(
                code=one.code, title=Bilingual(**one.title), group=one.group, stage=one.stage,
                category=one.category, retention=one.retention, label=label_name(one.label),
            )
            for one in schedule.types.values()
        ],
        labels=list(LABELS),
        max_file_bytes=schedule.most_bytes,
        max_files=schedule.most_files,
    )  # fmt: skip
