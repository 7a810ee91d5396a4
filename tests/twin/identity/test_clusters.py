"""Strong pairs are merged, doubtful ones go to a person, and no chain joins what is apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chaintwin.twin.identity.clusters import Grouping, Pair
from chaintwin.twin.identity.record import Given, Record, prepare
from chaintwin.twin.identity.words import load_words

CODES = ("91350100M000100Y43", "91220101244976413E")


def a_record(code: str | None = None) -> Record:
    return prepare(Given("长春市宏图机电有限公司", code), load_words())


def a_grouping(codes: dict[int, str | None], pairs: list[Pair], **more: object) -> Grouping:
    weights = {(min(left, right), max(left, right)): weight for left, right, weight in pairs}
    return Grouping(
        {number: a_record(code) for number, code in codes.items()},
        lambda left, right: weights.get((min(left, right), max(left, right)), 1.0),
        upper=6,
        lower=0,
        **more,  # type: ignore[arg-type]
    )


def test_a_pair_is_merged_asked_or_left_by_its_weight() -> None:
    pairs = [(1, 2, 9.0), (3, 4, 3.0), (5, 6, -1.0)]

    outcome = a_grouping(dict.fromkeys(range(1, 7)), pairs).settle(pairs)

    assert outcome.merges == [(1, 2, 9.0)]
    assert outcome.doubts == [((3, 4, 3.0), "between")]


def test_two_credit_codes_are_never_joined_through_a_third() -> None:
    pairs = [(1, 2, 20.0), (2, 3, 15.0)]

    outcome = a_grouping({1: CODES[0], 2: None, 3: CODES[1]}, pairs).settle(pairs)

    assert outcome.merges == [(1, 2, 20.0)]
    assert outcome.doubts == [((2, 3, 15.0), "codes")]


def test_two_codes_without_a_strong_likeness_trouble_nobody() -> None:
    pairs = [(1, 2, 4.0)]

    outcome = a_grouping({1: CODES[0], 2: CODES[1]}, pairs).settle(pairs)

    assert (outcome.merges, outcome.doubts) == ([], [])


def test_a_weak_link_within_a_chain_goes_to_a_person() -> None:
    pairs = [(1, 2, 9.0), (2, 3, 8.0), (1, 3, -4.0)]

    outcome = a_grouping(dict.fromkeys((1, 2, 3)), pairs).settle(pairs)

    assert outcome.merges == [(1, 2, 9.0)]
    assert outcome.doubts == [((2, 3, 8.0), "chain")]


def test_what_a_person_ruled_apart_stays_apart() -> None:
    pairs = [(1, 2, 30.0), (2, 3, 25.0)]

    outcome = a_grouping(dict.fromkeys((1, 2, 3)), pairs, apart=frozenset({(1, 3)})).settle(pairs)

    assert outcome.merges == [(1, 2, 30.0)]
    assert outcome.doubts == []


def test_groups_judged_before_are_kept() -> None:
    grouping = a_grouping({1: CODES[0], 2: None, 3: CODES[1]}, [])
    grouping.keep([[1, 2]])

    outcome = grouping.settle([(2, 3, 40.0)])

    assert outcome.doubts == [((2, 3, 40.0), "codes")]


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(-5, 30).map(float)),
        max_size=25,
    ).map(lambda found: [one for one in found if one[0] != one[1]]),
    st.dictionaries(st.integers(0, 9), st.sampled_from(CODES)),
    st.frozensets(st.tuples(st.integers(0, 4), st.integers(5, 9)), max_size=4),
)
def test_no_group_ever_holds_two_codes_or_a_pair_ruled_apart(
    pairs: list[Pair], codes: dict[int, str], apart: frozenset[tuple[int, int]]
) -> None:
    grouping = a_grouping({one: codes.get(one) for one in range(10)}, pairs, apart=apart)

    outcome = grouping.settle(pairs)

    for group in grouping.members.values():
        assert len({codes[one] for one in group if one in codes}) <= 1
        assert not any(one in group and other in group for one, other in apart)
    # A pair from the upper threshold on is in one group, before a person, or ruled apart.
    asked = {tuple(sorted(pair[:2])) for pair, _ in outcome.doubts}
    for left, right, weight in pairs:
        mine, other = (
            next((g for g in grouping.members.values() if one in g), [one]) for one in (left, right)
        )
        ruled = any((min(a, b), max(a, b)) in apart for a in mine for b in other)
        assert weight < 6 or mine == other or ruled or tuple(sorted((left, right))) in asked
