"""`chaintwin rebuild`: derive the current state anew from facts."""

from __future__ import annotations

from chaintwin.cli.speech import say


def rebuild() -> None:
    """由事实重新推导全部当前态(事实与账本不变)。 / Derive every current state anew from facts."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin.rebuilding import rebuild_states  # noqa: PLC0415

    with boot.open_twin(boot.find_data_places()) as twin:
        count = rebuild_states(twin)
    say(
        f"已由事实重新推导 {count} 个当前态。可用 chaintwin verify 核对。",
        f"{count} current states derived anew from facts. chaintwin verify checks them.",
    )
