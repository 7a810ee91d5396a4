"""`chaintwin demo_sensors`: keep the demo's invented devices up, directly or over a broker."""

from __future__ import annotations

from typing import Annotated

import typer

from chaintwin.cli.speech import say
from chaintwin.kit.problems import NotFoundProblem

_BROKER_HELP = "改为发布到这个消息服务器,如 mqtt://127.0.0.1:1883 / publish to this broker instead"
_HOURS_HELP = "发布最近多少小时 / how many of the last hours to publish"


def demo_sensors(
    broker: Annotated[str, typer.Option(help=_BROKER_HELP)] = "",
    hours: Annotated[int, typer.Option(min=2, max=2_880, help=_HOURS_HELP)] = 24,
) -> None:
    """补齐示例设备的读数(全部标为示例)。 / Make the readings of the demo's invented devices."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.access.tenants import all_tenants  # noqa: PLC0415
    from chaintwin.application.activity.service import derive_activity  # noqa: PLC0415
    from chaintwin.physical.sensors.demo import fill_demo, publish_demo  # noqa: PLC0415
    from chaintwin.physical.sensors.settings import IntakeSettings  # noqa: PLC0415

    with boot.open_twin(boot.find_data_places()) as twin:
        tenants = [tenant for tenant in all_tenants(twin.database) if tenant.demo]
        if not tenants:
            raise NotFoundProblem(
                "这个数据文件夹里没有示例地区,不生成示例读数。",
                "This data folder holds no demo place; no invented readings are made.",
            )
        tenant = tenants[-1]
        if broker:
            sent = publish_demo(
                IntakeSettings(url=broker).broker, tenant.code, twin.clock.now(), hours
            )
            say(f"已发布 {sent} 条示例报文。", f"{sent} invented messages published.")
            return
        new = fill_demo(twin, boot.loader_asker(tenant.id))
        derive_activity(twin, boot.loader_asker(tenant.id))
        say(f"新增 {new} 个示例观测点。", f"{new} invented points added.")
