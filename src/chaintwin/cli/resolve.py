"""`chaintwin resolve`: find which firms are one, in bulk."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from chaintwin.cli.speech import say

APPLY_HELP = "写入结论；不加则只报告 / write the judgements; without it only report"
TENANT_HELP = "单位编码，默认全部 / code of one office; all by default"


def resolve(
    apply: Annotated[bool, typer.Option("--apply", help=APPLY_HELP)] = False,
    tenant: Annotated[str | None, typer.Option(help=TENANT_HELP)] = None,
) -> None:
    """批量比对哪些记录是同一家企业。 / Find records of one firm in bulk."""
    from chaintwin.access.tenants import all_tenants  # noqa: PLC0415
    from chaintwin.boot import open_twin, worker  # noqa: PLC0415
    from chaintwin.twin.identity.resolving import resolve_all  # noqa: PLC0415

    with open_twin() as twin:
        known = all_tenants(twin.database)
        chosen = [one for one in known if tenant in (None, one.code)]
        if not chosen:
            codes = "、".join(one.code for one in known)
            say(
                f"没有编码为“{tenant}”的单位。现有：{codes}。",
                f"There is no office “{tenant}”. There are: {codes}.",
                error=True,
            )
            raise typer.Exit(1)
        for one in chosen:
            started = time.monotonic()
            found = resolve_all(twin, worker(one.id), is_trial=not apply)
            seconds = time.monotonic() - started
            say(
                f"{one.name}：{found.firms} 家企业，合并 {found.merged} 对，"
                f"待人工裁决 {found.doubts} 对（{seconds:.1f} 秒）。",
                f"{one.name}: {found.firms} firms, {found.merged} pairs merged, "
                f"{found.doubts} left to a person ({seconds:.1f} s).",
            )
    if not apply:
        say(
            "以上只是报告，没有写入。加 --apply 写入；每个结论都可在“同一性裁决”页撤销。",
            "This was a report; nothing was written. Add --apply to write; every judgement can be "
            "taken back.",
        )
