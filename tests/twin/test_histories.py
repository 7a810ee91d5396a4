"""Random histories of statements and retractions against an oracle from the definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaintwin.access.asker import platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import UNKNOWN, Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin

YEARS = range(2000, 2008)
_firms = count(1)


@dataclass(frozen=True)
class Said:
    """One statement: a value from a year on (None: always), perhaps up to a year."""

    source: str
    value: str
    start: int | None
    end: int | None


def statements() -> st.SearchStrategy[Said | None]:
    years = st.sampled_from(YEARS)
    said = st.builds(
        lambda source, value, start, length: Said(
            source, value, start, None if start is None or length is None else start + length
        ),
        st.sampled_from(["register", "news"]),
        st.sampled_from(["甲", "乙", "丙"]),
        st.one_of(st.none(), years),
        st.one_of(st.none(), st.integers(1, 4)),
    )
    return st.one_of(said, said, said, st.none())


class Oracle:
    """What was known after each change: per source, the value held in each year (and before)."""

    ALWAYS = 1999

    def __init__(self) -> None:
        self.known: list[dict[str, dict[int, str | None]]] = [{}]

    def say(self, said: Said) -> None:
        now = {source: dict(held) for source, held in self.known[-1].items()}
        held = now.setdefault(said.source, {})
        start = self.ALWAYS if said.start is None else said.start
        stop = said.end
        if stop is None:
            # Without an end a value holds up to the next start that is on record.
            later = [year for year in self._starts(held) if year > start]
            stop = min(later, default=max(YEARS) + 10)
        for year in range(start, stop):
            held[year] = said.value
        self.known.append(now)

    def retract(self) -> None:
        now = {source: dict(held) for source, held in self.known[-1].items()}
        now.pop("news", None)
        self.known.append(now)

    def shown(self, change: int, year: int) -> str | None:
        for source in ("register", "news"):
            value = self.known[change].get(source, {}).get(year)
            if value is not None:
                return value
        return None

    @staticmethod
    def _starts(held: dict[int, str | None]) -> list[int]:
        return [year for year in held if held[year] != held.get(year - 1)] + [
            year + 1 for year in held if year + 1 not in held
        ]


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(history=st.lists(statements(), min_size=1, max_size=8))
def test_views_agree_with_the_definition(
    twin: Twin, clock: FixedClock, history: list[Said | None]
) -> None:
    firm = Subject("Company", (("company_name", f"历史{next(_firms)}"),))
    oracle = Oracle()
    clock.move(timedelta(days=1))
    with twin.change(platform_asker(), reason="建", source="register") as changes:
        changes.say(firm, "name", Value(text="有历史的公司"))
        body = changes.body(firm.kind, *firm.keys)
    moments = [clock.now()]

    for said in history:
        clock.move(timedelta(days=1))
        if said is None:
            with twin.change(platform_asker(), reason="撤", source="news") as changes:
                changes.retract([body])
            oracle.retract()
        else:
            with twin.change(platform_asker(), reason="述", source=said.source) as changes:
                changes.record([state(body, said)])
            oracle.say(said)
        moments.append(clock.now())

    for number, known_at in enumerate(moments):
        for year in (Oracle.ALWAYS, *YEARS):
            with twin.view(
                platform_asker(), valid_at=datetime(year, 7, 1, tzinfo=UTC), known_at=known_at
            ) as view:
                assert view.get(body).one("status") == oracle.shown(number, year), (number, year)


def state(body: int, said: Said) -> Statement:
    return Statement(
        body, "status", Value(text=said.value),
        valid=UNKNOWN if said.start is None else Moment.parse(str(said.start)),
        valid_to=None if said.end is None else Moment.parse(str(said.end)),
    )  # fmt: skip
