"""`chaintwin export`: take one's own facts away as open files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaintwin.cli.speech import say
from chaintwin.kit.problems import NotFoundProblem


def export(
    out: Annotated[Path, typer.Argument(help="输出的 zip 文件 / the zip file to write")],
    region: Annotated[str, typer.Option(help="地区的区划代码 / division code of the place")] = "",
    with_public: Annotated[
        bool, typer.Option("--with-public", help="连同公共数据 / with public facts")
    ] = False,
) -> None:
    """导出本地区的事实(CSV,含两个时间和来源)。 / Export a place's facts as CSV."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.access.tenants import all_tenants  # noqa: PLC0415
    from chaintwin.twin.export import export_tenant  # noqa: PLC0415

    with boot.open_twin(boot.find_data_places()) as twin:
        places = [tenant for tenant in all_tenants(twin.database) if tenant.kind != "public"]
        found = [tenant for tenant in places if tenant.region == region] if region else places[-1:]
        if not found:
            known = "、".join(f"{tenant.region} {tenant.name}" for tenant in places)
            raise NotFoundProblem(
                f"没有地区 {region}。现有:{known}。",
                f"There is no place {region}; there are {known}.",
            )
        size = export_tenant(twin, boot.loader_asker(found[0].id), out, with_public=with_public)
    say(f"已导出 {out}({size / 1024:.0f} KiB)。", f"Exported {out} ({size / 1024:.0f} KiB).")
