"""The route that tells what is measured says of a body's activity."""

from __future__ import annotations

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chaintwin.application.activity.core import Judgement
from chaintwin.application.activity.service import judge_body, load_rule
from chaintwin.twin.asked import BodyCode
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1", tags=["series"])


class JudgementOut(BaseModel):
    """What one series tells, with the figures put into the formula."""

    series: int
    state: Literal["suspected_stop", "no_stop_seen", "started", "no_start_seen", "unknown"]
    demo: bool
    window_from: date
    window_days: int
    window_seen: int = Field(description="窗口内有完整观测的日数 days wholly observed")
    window_mean: float | None
    reference_seen: int | None
    reference_mean: float | None
    active_days: int | None


class ActivityOut(BaseModel):
    """What is measured of a body says of its activity; thresholds of the rule beside it."""

    items: list[JudgementOut]
    total: int
    version: str
    needed_share: float
    stopped_share: float
    active_least: float
    active_share: float


@router.get("/bodies/{code}/activity", operation_id="read_activity")
def read_activity(
    request: Request, response: Response, door: TheDoor, code: BodyCode
) -> ActivityOut:
    """Tell whether production seems to have stopped, or work on the site begun; else unknown."""
    door.asker.require("firm:read")
    body = door.view.get(door.view.number(code)).body
    set_etag(request, response, door.view)
    tag = response.headers["ETag"].removesuffix('"')
    response.headers["ETag"] = f'{tag}.{door.view.observed.stamp()}"'
    rule = load_rule()
    items = [
        _shown(one.series.number, one.series.basis.name == "DEMO", one.judgement)
        for one in judge_body(door.view, door.twin.measures, body)
    ]
    return ActivityOut(
        items=items, total=len(items), version=rule.version,
        needed_share=float(rule.needed_share), stopped_share=float(rule.stopped_share),
        active_least=float(rule.active_least), active_share=float(rule.active_share),
    )  # fmt: skip


def _shown(series: int, is_demo: bool, judgement: Judgement) -> JudgementOut:
    means = (judgement.window_mean, judgement.reference_mean)
    window, reference = (None if mean is None else float(mean) for mean in means)
    return JudgementOut(
        series=series, state=judgement.state, demo=is_demo, window_from=judgement.window_from,
        window_days=judgement.window_days, window_seen=judgement.window_seen, window_mean=window,
        reference_seen=judgement.reference_seen, reference_mean=reference,
        active_days=judgement.active_days,
    )  # fmt: skip
