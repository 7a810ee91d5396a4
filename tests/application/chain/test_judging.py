"""The rules by which a link is judged, on plain numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chaintwin.application.chain.core import (
    Declared,
    Standing,
    advise,
    compare_shares,
    concentration,
    find_coverage,
    judge,
    judge_if_recalled,
    location_quotient,
    section_of,
    speaks_of,
)
from chaintwin.application.chain.matching import Matcher, Words
from chaintwin.application.chain.places import Place, find_place, to_prefix
from chaintwin.application.chain.scorecards import load_scorecard, parse_settings
from chaintwin.kit.problems import InputProblem

SETTINGS = load_scorecard("verdict", datetime(2026, 11, 1, tzinfo=UTC)).settings
KNOWN = Standing(firms=0, coverage=0.8)


def verdict(**given: object) -> str:
    return judge(replace(KNOWN, **given), SETTINGS).code  # type: ignore[arg-type]


def test_without_enough_coverage_nothing_is_judged_whatever_the_firms() -> None:
    for firms in (0, 1, 5):
        assert verdict(firms=firms, coverage=None, lq=3.0) == "unknown"
        assert verdict(firms=firms, coverage=0.49, lq=3.0) == "unknown"
    assert verdict(coverage=0.5) == "missing"


def test_recalled_or_unplaced_firms_alone_leave_the_verdict_open() -> None:
    assert judge(replace(KNOWN, recalled=2), SETTINGS).rule == "to_check"
    assert judge(replace(KNOWN, unplaced=1), SETTINGS).rule == "to_check"
    assert judge_if_recalled(replace(KNOWN, recalled=2), SETTINGS) == "steady"


def test_one_or_no_supplier_of_an_essential_input_is_a_choke_point() -> None:
    assert verdict(firms=0, essential_here=1) == "choke"
    assert verdict(firms=1, essential_here=1) == "choke"
    assert verdict(firms=2, essential_here=1) == "steady"


def test_few_firms_a_low_quotient_or_one_big_supplier_are_weak() -> None:
    assert verdict(firms=1) == "weak"
    assert verdict(firms=4, lq=0.5, expected=3.0) == "weak"
    assert verdict(firms=2, hhi=0.9) == "weak"


def test_a_low_quotient_says_nothing_where_hardly_a_listed_firm_was_to_be_expected() -> None:
    assert verdict(firms=4, lq=0.0, expected=0.3) == "steady"


def test_strong_needs_firms_a_high_quotient_and_no_dominating_supplier() -> None:
    assert verdict(firms=3, lq=1.3) == "strong"
    assert verdict(firms=3, lq=None) == "steady"
    assert verdict(firms=3, lq=1.3, hhi=0.65) == "steady"


def test_the_later_version_also_looks_at_peers_and_imports_and_nothing_unknown_decides() -> None:
    later = load_scorecard("verdict", datetime(2027, 1, 1, tzinfo=UTC)).settings
    held = replace(KNOWN, firms=2, lq=1.0, expected=2.0)

    def rule(**given: object) -> str:
        return judge(replace(held, **given), later).rule  # type: ignore[arg-type]

    assert rule() == "steady"
    assert rule(beside=0.2) == "weak_beside"
    assert rule(beside=0.2, expected=0.5) == "steady"
    assert rule(imports=0.6) == "weak_imports"
    assert rule(imports=0.6, firms=3) == "steady"
    assert judge(replace(held, beside=0.2, imports=0.6), SETTINGS).rule == "steady"


def test_each_verdict_asks_for_one_thing() -> None:
    later = load_scorecard("verdict", datetime(2027, 1, 1, tzinfo=UTC)).settings

    def act(**given: object) -> str:
        standing = replace(KNOWN, **given)  # type: ignore[arg-type]
        return advise(judge(standing, later), standing, later)

    assert act(coverage=0.1) == "open"
    assert act(firms=4, lq=2.0) == "strengthen"
    assert act(firms=2, lq=1.0) == "keep"
    assert act(firms=2, hhi=0.9) == act(firms=2, imports=0.9) == "keep"
    assert act(firms=1) == act(essential_here=1) == act(buyers_here=1) == "fill"
    assert act(related=0.9) == "extend"
    assert act(related=0.1) == "watch"
    assert act(related=None) == "open"


def test_a_share_is_compared_with_the_mean_of_two_peers_or_not_at_all() -> None:
    assert compare_shares(2, 50, [(10, 50), (20, 100)]) == pytest.approx(0.2)
    # Two of few say more than twenty of many: the leaders of a chain have more of every link.
    assert compare_shares(2, 10, [(20, 1000), (10, 400)]) == pytest.approx(0.2 / 0.0225)
    assert compare_shares(2, 50, None) is None
    assert compare_shares(2, 0, [(10, 50), (20, 100)]) is None
    assert compare_shares(2, 50, [(0, 50), (0, 100)]) is None
    assert compare_shares(2, 50, [(0, 0), (20, 100)]) is None


def test_the_quotient_is_unknown_without_a_base_and_never_zero() -> None:
    assert location_quotient(2, 10, 4, 200) == pytest.approx(10.0)
    assert location_quotient(0, 10, 4, 200) == 0.0
    assert location_quotient(0, 0, 4, 200) is None
    assert location_quotient(0, 10, 0, 200) is None


def test_concentration_is_known_only_when_every_size_is() -> None:
    assert concentration([3.0, 1.0]) == pytest.approx(0.625)
    assert concentration([None]) == 1.0
    assert concentration([3.0, None]) is None
    assert concentration([]) is None


def test_industry_codes_belong_to_their_sections() -> None:
    assert [section_of(code) for code in ("0111", "0939", "3670", "6513", "9700", "xx")] == [
        "A", "B", "C", "I", "T", "",
    ]  # fmt: skip
    assert speaks_of("C36", "3670")
    assert speaks_of("C", "3670")
    assert speaks_of("3670", "3670")
    assert not speaks_of("C37", "3670")
    assert not speaks_of("B36", "3670")
    assert not speaks_of("", "3670")


def a_statement(prefix: str, share: float, *, source: int = 1, industry: str = "C36") -> Declared:
    return Declared(source, prefix, industry, share, "规上工业企业", False, source * 10)


def test_the_exacter_statement_of_a_source_wins_and_the_highest_among_sources() -> None:
    city, county = a_statement("2201", 0.9), a_statement("220184", 0.3)

    assert find_coverage([city, county], "220184", "3670") == county
    assert find_coverage([city, county], "2201", "3670") == city
    other = a_statement("", 0.6, source=2, industry="*")
    assert find_coverage([city, county, other], "220184", "3670") == other
    assert find_coverage([county], "2201", "3670") is None


def test_a_region_is_found_by_any_length_of_code_and_by_codes_of_the_past() -> None:
    assert to_prefix("220000") == "22"
    assert to_prefix("220100") == "2201"
    assert to_prefix("220381") == "220184"
    assert find_place("110100", {}).prefix == "11"
    assert find_place("2201", {"220100": "长春市"}) == Place("220100", "2201", "长春市")
    with pytest.raises(InputProblem, match="无法识别"):
        find_place("长春", {})


def test_a_settings_mistake_names_what_is_possible() -> None:
    card = load_scorecard("verdict", datetime(2026, 11, 1, tzinfo=UTC))

    assert card.tried(parse_settings(["coverage_needed:0.3"])).settings["coverage_needed"] == 0.3
    with pytest.raises(InputProblem, match="coverage_needed"):
        card.tried({"cover": 0.3})
    with pytest.raises(InputProblem, match="名称:数值"):
        parse_settings(["coverage_needed=0.3"])
    with pytest.raises(InputProblem, match="超出范围"):
        parse_settings(["coverage_needed:nan"])


def test_a_name_is_recognised_by_its_longest_word_and_refused_by_exclusions() -> None:
    matcher = Matcher(
        [
            Words(1, "nev", ["锂电池", "动力锂电池"], ["回收"], ["动力电池"], ["3841"]),
            Words(2, "nev", ["电池"], [], [], ["3670"]),
            Words(3, "nev", ["车桥"], [], [], ["367"]),
        ]
    )

    assert [(hit.link, hit.word) for hit in matcher.match("圆柱动力锂电池")] == [
        (1, "动力锂电池"),
        (2, "电池"),
    ]
    assert [hit.link for hit in matcher.match("锂电池回收")] == [2]
    assert [hit.way for hit in matcher.match("动力电池")] == ["exact", "word"]
    assert [hit.way for hit in matcher.match_industry("C3841")] == ["code"]
    shared = matcher.match_industry("3670")
    assert [hit.link for hit in shared] == [2, 3]
    assert all(hit.way == "shared_code" and hit.confidence < 40 for hit in shared)
    assert matcher.match_industry("36") == []
