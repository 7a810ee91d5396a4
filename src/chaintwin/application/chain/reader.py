"""One reader's way into the chain rooms: the view, its picture, the scorecards in force."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from chaintwin.application.chain.graph import Chain, Link
from chaintwin.application.chain.picture import Picture, read_picture, renew_picture
from chaintwin.application.chain.places import Place, find_place
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.chain.versions import find_in_force
from chaintwin.application.shown import Citer
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.content import rules_mark
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

Made = TypeVar("Made")

# Above this many touched bodies reading everything anew is quicker (measured at 5,400 firms).
_MOST_TOUCHED = 1500
_MOST_PICTURES = 6
_MOST_KEPT = 64
# A change still open when a past moment was asked for may commit with an earlier moment.
_SETTLED = timedelta(minutes=10)


class Book:
    """The pictures of one twin by who asks and as of when; old ones give way to new."""

    def __init__(self) -> None:
        self._pictures: OrderedDict[Any, Picture] = OrderedDict()
        self._lock = Lock()

    def open(self, view: TwinView) -> Picture:
        """Return the picture of a view, reading only what changed since the last look."""
        key = _key(view)
        marks = view.marks()
        with self._lock:
            held = self._pictures.get(key)
        if held is None or (held.marks != marks and not _is_settled(view)):
            held = self._read(view, marks, held)
            with self._lock:
                self._pictures[key] = held
                while len(self._pictures) > _MOST_PICTURES:
                    self._pictures.popitem(last=False)
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
        return held

    def _read(self, view: TwinView, marks: Mapping[int, int], held: Picture | None) -> Picture:
        if held is None or not view.is_now or not _is_later(marks, held.marks):
            return read_picture(view, marks)
        since = {tenant: held.marks.get(tenant, 0) for tenant in marks}
        touched = view.touched_since(since, _MOST_TOUCHED + 1)
        if len(touched) > _MOST_TOUCHED:
            return read_picture(view, marks)
        return renew_picture(held, view, marks, touched)


_books: WeakKeyDictionary[Twin, Book] = WeakKeyDictionary()


def _key(view: TwinView) -> Any:
    asker = view.asker
    moments = view.asked
    return asker.tenant, asker.readable, asker.labels, moments, view.line.branch


def _is_settled(view: TwinView) -> bool:
    """Tell whether nothing that happens any more can change what the view shows."""
    known = view.asked[1]
    return known is not None and known < view.now - _SETTLED


def _is_later(marks: Mapping[int, int], before: Mapping[int, int]) -> bool:
    return all(marks.get(tenant, 0) >= change for tenant, change in before.items())


@dataclass(frozen=True, slots=True)
class Reader:
    """What a request of the chain rooms holds."""

    view: TwinView
    picture: Picture
    verdict_card: Scorecard
    gap_card: Scorecard
    citer: Citer

    @property
    def settings(self) -> Mapping[str, float]:
        """Return the thresholds of the verdict."""
        return self.verdict_card.settings

    def published(self) -> Reader:
        """Return the same reader without settings tried in this request."""
        card = find_in_force(self.view, "verdict")
        return replace(self, verdict_card=card)

    def chain(self, code: str) -> Chain:
        """Return a chain; raise NotFoundProblem when there is none of that code."""
        found = self.picture.graph.chains.get(code)
        if found is None:
            known = "、".join(self.picture.graph.chains) or "无"
            raise NotFoundProblem(
                f"没有产业链“{code}”，或在所选时点尚无记录。现有：{known}。",
                f"There is no chain “{code}” at the chosen moment. There are: {known}.",
            )
        return found

    def link(self, chain: str, code: str) -> Link:
        """Return a link of a chain; raise NotFoundProblem when there is none of that code."""
        for link in self.chain(chain).links:
            if link.code == code:
                return link
        raise NotFoundProblem(
            f"产业链“{chain}”没有环节“{code}”。请从产业链页面选择。",
            f"The chain “{chain}” has no link “{code}”. Choose one on the chain page.",
        )

    def place(self, code: str) -> Place:
        """Return a region by its code; raise InputProblem for anything but a code."""
        return find_place(code, self.picture.regions)

    def keep(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what was made before from the same picture, rules and day, or make it now."""
        kept = self.picture.kept
        key = (key, rules_mark(), calendar_day(self.view.valid_at))
        if key not in kept:
            if len(kept) >= _MOST_KEPT:
                kept.clear()
            kept[key] = make()
        made: Made = kept[key]
        return made


def open_reader(twin: Twin, view: TwinView, trial: Mapping[str, float]) -> Reader:
    """Open the chain rooms for one view, with settings of the verdict tried if given."""
    book = _books.setdefault(twin, Book())
    verdict = find_in_force(view, "verdict")
    return Reader(
        view=view,
        picture=book.open(view),
        verdict_card=verdict.tried(trial) if trial else verdict,
        gap_card=find_in_force(view, "gap"),
        citer=Citer(view),
    )
