"""What to ask for: values for every parameter of every route, those of the first office first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tests.contract.generated_content import CHAIN, REGION
from tests.contract.offices import LINK, Offices
from tests.contract.routes import MOMENTS, Route

# Which codes of the first office a path parameter takes, by route where the name says too little.
_OWNED = {
    ("projects", "code"): "project",
    ("projects", "item"): "item",
    ("projects", "key"): "key",
    ("firms", "code"): "firm",
    ("bodies", "code"): "body",
    ("facts", "code"): "body",
    ("facts", "fact"): "fact",
    ("accounts", "number"): "account",
    ("imports", "number"): "number",
    ("subscriptions", "number"): "subscription",
    ("branches", "number"): "branch",
    ("targets", "firm"): "firm",
    ("anchors", "firm"): "firm",
    ("purchases", "number"): "purchases",
    ("chains", "firm"): "firm",
    ("ledger", "log"): "log",
    ("bodies", "series"): "series",
    ("intake", "number"): "aside",
    ("identity", "change"): "judgement",
    ("session", "number"): "token",
}
# What everybody may name.
_PUBLIC = {
    ("chains", "chain"): CHAIN,
    ("chains", "link"): LINK,
    ("regions", "code"): REGION,
    ("scorecards", "name"): "verdict",
    ("map", "region"): "100000",
    ("kinds", "kind"): "Parcel",
    ("ledger", "level"): "entries",
    ("ledger", "number"): "000.p%2F1",
    ("intake", "device"): "meter-7",
}
_QUERY = {
    "link": f"{CHAIN}/{LINK}", "chain": CHAIN, "region": REGION, "within": "880000",
    "from": "2026-10-01", "to": "2026-11-20", "clock": "valid", "stage": "lead", "overdue": "false",
    "deleted": "true", "sort": "name", "status": "可供", "trial": "coverage_needed:0.3",
    "peer": "870000", "weights": "fit:30", "limit": "5", "offset": "1",
    "attribute": "name", "group": "talking", "level": "county", "position": "0", "old": "1",
    "size": "2", "disclosed": "true",
    "by": "day", "reason": "bad", "text": "sekret",
    "conflicts": "true", "hops": "2", "most": "20", "industry": "C",
    "later": "true", "perhaps": "true",
    "kind": "Company", "valid_start": "2015-01-01", "valid_end": "2027-01-01",
    "known_start": "2026-01-01", "known_end": "2027-01-01", "from_valid_at": "2026-01-01",
    "from_known_at": "2026-01-01",
    "code": "91350100M000100Y43", "predicate": "intersects", "metres": "50000",
    "relations": "5", "points": "3",
    "beyond": "1", "count": "3",
    "of": "industries", "convention": "datawheel",
    "geometry": '{"type": "LineString", "coordinates": [[100, 20], [130, 20], [130, 50]]}',
}  # fmt: skip
# Names a request, so that it is not done twice; other tests send it.
_HEADERS = {"idempotency-key"}
# Another way into the facts than the present: what was known and true by the end of the day.
_AS_OF = dict.fromkeys(MOMENTS, "2026-11-02")
_QUERY_OWNED = {"text": "", "firm": "firm", "code": "body", "park": "parcel", "branch": "branch"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and whether its path names something of the first office."""

    path: str
    query: dict[str, str]
    is_owned: bool
    is_public: bool  # neither path nor query names anything of the first office

    @property
    def url(self) -> str:
        """Return the request as one line, for messages."""
        return f"{self.path} {self.query or ''}"


def room(route: Route) -> str:
    """Return the first part of a route's path."""
    return route.path.removeprefix("/api/v1/").split("/")[0]


def names_what_is_owned(route: Route) -> bool:
    """Tell whether the path of a route names something an office may own."""
    return any((room(route), parameter.name) in _OWNED for parameter in route.parameters)


def unknown_parameters(route: Route) -> list[str]:
    """Return the parameters for which this module has no value."""
    known_paths = {*_OWNED, *_PUBLIC}
    return [
        parameter.name
        for parameter in route.parameters
        if (
            (room(route), parameter.name) not in known_paths
            if parameter.where == "path"
            else parameter.name not in {*_QUERY, *_QUERY_OWNED, *MOMENTS, *_HEADERS}
        )
    ]


def paths(route: Route, offices: Offices) -> Iterator[tuple[str, bool]]:
    """Yield the route's path with every combination of codes, and whether any is owned."""
    names = [parameter.name for parameter in route.parameters if parameter.where == "path"]
    owned = [_OWNED.get((room(route), name)) for name in names]
    choices = [
        offices.codes.get(kind, []) if kind is not None else [_PUBLIC[room(route), name]]
        for name, kind in zip(names, owned, strict=True)
    ]
    for chosen in product(*choices):
        yield route.path.format(**dict(zip(names, chosen, strict=True))), any(owned)
    # What the first office adds to a public firm is its own, the firm is everybody's.
    if owned in (["firm"], ["body"]):
        yield route.path.format(**{names[0]: offices.public_firm}), False


def required(route: Route) -> dict[str, str]:
    """Return values for the query parameters that have to be there."""
    return {
        parameter.name: _QUERY[parameter.name]
        for parameter in route.parameters
        if parameter.where == "query" and parameter.required
    }


def calls(route: Route, offices: Offices) -> Iterator[Call]:
    """Yield every call of a reading route: each path, bare and with each query parameter."""
    base = required(route)
    for path, is_owned in paths(route, offices):
        yield Call(path, base, is_owned, is_public=not is_owned)
        if set(MOMENTS) <= set(route.names):
            yield Call(path, base | _AS_OF, is_owned, is_public=not is_owned)
        for parameter in route.parameters:
            if parameter.where != "query" or parameter.name in MOMENTS:
                continue
            for value in _values(parameter.name, offices):
                is_public = not is_owned and parameter.name not in _QUERY_OWNED
                yield Call(path, base | {parameter.name: value}, is_owned, is_public)


def _values(name: str, offices: Offices) -> list[str]:
    if name == "text":
        return ["sekret"]
    return offices.codes.get(_QUERY_OWNED[name], []) if name in _QUERY_OWNED else [_QUERY[name]]
