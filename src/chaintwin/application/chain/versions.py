"""A place's own versions of a scorecard: facts over the shipped one, so they branch and go back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chaintwin.application.chain.scorecards import Scorecard, list_scorecards, load_scorecard
from chaintwin.application.chain.version_answers import OwnVersion, ScorecardGiven, ScorecardView
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Moment, Subject, Value
from chaintwin.twin.door import Door
from chaintwin.twin.state import Held
from chaintwin.twin.view import TwinView

_KIND, _SCHEME, _SETTINGS = "Scorecard", "scorecard_name", "settings"


def find_in_force(view: TwinView, name: str) -> Scorecard:
    """Return a scorecard as the view's place has it: its own version over the shipped one."""
    shipped, held = load_scorecard(name, view.valid_at), _find_own(view, name)
    return shipped if held is None else _overlay(shipped, held)


def _find_own(view: TwinView, name: str) -> Held | None:
    body = view.find_key(_SCHEME, name)
    states = [] if body is None else view.states([body])
    held = states[0].held(_SETTINGS) if states else None
    return held if held is not None and held.tenant == view.asker.tenant else None


def _overlay(shipped: Scorecard, held: Held) -> Scorecard:
    data = _data(held.data)
    own = {name: value for name, value in _settings(data).items() if name in shipped.settings}
    reason = str(data.get("reason", ""))
    since = held.valid_from or held.known_from
    return replace(
        shipped,
        version=f"{shipped.version}+{data.get('number', 0)}",
        valid_from=calendar_day(since).isoformat(),
        source={
            "zh": f"本地发布：{reason}（其余同随系统的 {shipped.version} 版）",
            "en": f"published here: {reason} (else as shipped, {shipped.version})",
        },
        settings={**shipped.settings, **own},
    )


def _data(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}


def _settings(data: Mapping[str, Any]) -> dict[str, float]:
    """What is no number, whoever wrote it, is not a setting."""
    return {
        str(name): float(value)
        for name, value in _data(data.get("settings")).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def view_scorecard(view: TwinView, name: str) -> ScorecardView:
    """Show the version in force, the shipped one, and every own version, the latest first."""
    shipped = _find_shipped(view, name)
    body = view.find_key(_SCHEME, name)
    facts = [] if body is None else view.history(body, _SETTINGS)
    made = view.change_records([fact.change for fact in facts])
    own = [
        OwnVersion(
            version=f"{shipped.version}+{_data(fact.data).get('number', 0)}",
            settings=_settings(_data(fact.data)),
            reason=str(_data(fact.data).get("reason", "")),
            by=made[fact.change].actor if fact.change in made else "",
            at=fact.known_from,
        )
        for fact in facts
        if fact.tenant == view.asker.tenant
    ]
    return ScorecardView(
        in_force=find_in_force(view, name).shown(),
        shipped=shipped.shown(),
        own=sorted(own, key=lambda one: one.at, reverse=True),
    )


def publish(door: Door, name: str, given: ScorecardGiven) -> ScorecardView:
    """Publish own settings from now on; none at all goes back to the shipped ones."""
    shipped = _find_shipped(door.view, name)
    settings = shipped.tried(given.settings).changed
    _check(shipped, settings)
    about = Subject(_KIND, ((_SCHEME, name),))
    number = len(view_scorecard(door.view, name).own) + 1
    changes = door.change(f"发布评分卡“{shipped.title['zh']}”：{given.reason}")
    changes.say(about, "name", Value(text=shipped.title["zh"]), basis=Basis.RULED)
    data = {"number": number, "settings": dict(settings), "reason": given.reason}
    since = Moment.instant(door.view.now)
    changes.say(about, _SETTINGS, Value(data=data), valid=since, basis=Basis.RULED)
    door.settle()
    return view_scorecard(door.view, name)


def _check(shipped: Scorecard, settings: Mapping[str, float]) -> None:
    """A weight of the other sign, or none above zero, would turn every score on its head."""
    for name, value in settings.items():
        if value * shipped.settings[name] < 0:
            raise InputProblem(
                f"“{name}”的符号与随系统的版本相反（{value:g}）。请改为同号或 0。",
                f"“{name}” has another sign than the shipped version ({value:g}). Change it.",
            )
    if not any(value > 0 for value in {**shipped.settings, **settings}.values()):
        raise InputProblem(
            "不能把所有项都设为 0。请至少保留一项。",
            "Not every setting can be 0. Keep at least one.",
        )


def _find_shipped(view: TwinView, name: str) -> Scorecard:
    names = list_scorecards()
    if name not in names:
        raise NotFoundProblem(
            f"没有评分卡“{name}”。现有：{'、'.join(names)}。",
            f"There is no scorecard “{name}”. There are: {', '.join(names)}.",
        )
    return load_scorecard(name, view.valid_at)
