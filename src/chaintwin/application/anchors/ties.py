"""Known relations between firms, by sort: ownership, supply, cooperation, staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chaintwin.application.chain.reader import Reader
from chaintwin.twin.store.neighbours import Relation

TieKind = Literal["ownership", "supply", "cooperation", "staff"]
TIE_TITLES: Mapping[TieKind, tuple[str, str]] = {
    "ownership": ("股权", "ownership"),
    "supply": ("供应", "supply"),
    "cooperation": ("合作", "cooperation"),
    "staff": ("人员", "staff"),
}
FOLLOWED = ("relation", "buyer", "supplier", "employer")
_BY_ATTRIBUTE: Mapping[str, TieKind] = {
    "buyer": "supply",
    "supplier": "supply",
    "employer": "staff",
}


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation of a known sort, as seen from one of its ends."""

    at: int
    other: int
    kind: TieKind
    relation: Relation

    @property
    def length(self) -> float:
        """Return its part of a step: a purchase or a person stands in the middle of one."""
        return 0.5 if self.relation.attribute in _BY_ATTRIBUTE else 1.0


def read_ties(
    reader: Reader, bodies: Sequence[int], most: int, sorts: Mapping[str, Sequence[str]]
) -> list[Tie]:
    """Return the ties of some bodies, at most so many each way of each; other relations not."""
    by_note = {note: kind for kind in TIE_TITLES for note in sorts.get(kind, ())}
    ties = []
    for at, one in reader.view.ties(bodies, most, FOLLOWED):
        kind = _BY_ATTRIBUTE.get(one.attribute) or by_note.get(one.note or "")
        if kind is not None:
            ties.append(Tie(at, one.ref if one.body == at else one.body, kind, one))
    return ties
