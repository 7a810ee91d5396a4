"""What an officer may rely on when facts are stated, corrected, withdrawn and looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import psycopg
import pytest

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Label, Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin

_numbers = count(1)


def a_firm() -> Subject:
    number = next(_numbers)
    return Subject("Company", (("stock", f"{number:06}.SZ"), ("company_name", f"公司{number}")))


def an_officer(twin: Twin, region: str = "220184", *labels: Label) -> Asker:
    tenant = next(t.id for t in all_tenants(twin.database) if t.region == region)
    return Asker(
        tenant, "招商专员", roles=frozenset({"officer"}), readable=frozenset({1, tenant}),
        labels=frozenset({Label.PUBLIC, *labels}),
    )  # fmt: skip


def state(twin: Twin, asker: Asker, *facts: Statement, source: str = "register") -> int:
    with twin.change(asker, reason="登记", source=source) as changes:
        changes.record(facts)
        about = facts[0].about
        return about if isinstance(about, int) else changes.body(about.kind, *about.keys)


def see(twin: Twin, asker: Asker, body: int, attribute: str, **as_of: datetime) -> object:
    with twin.view(asker, **as_of) as view:
        return view.get(body).one(attribute)


def test_a_value_is_found_with_its_source_and_both_clocks(twin: Twin, clock: FixedClock) -> None:
    firm = a_firm()

    body = state(
        twin, platform_asker(),
        Statement(firm, "name", Value(text="甲公司"), valid=Moment.parse("2015-10")),
    )  # fmt: skip

    with twin.view(platform_asker()) as view:
        held = view.get(body).held("name")
    assert held is not None
    assert (held.value, held.source, held.precision) == ("甲公司", "register", "m")
    assert held.valid_from == datetime(2015, 9, 30, 16, tzinfo=UTC)
    assert held.known_from >= clock.now()


def test_stating_the_same_again_adds_nothing(twin: Twin) -> None:
    firm = a_firm()
    facts = [
        Statement(firm, "name", Value(text="乙公司")),
        Statement(firm, "product", Value(ref=Subject("Product", (("product_name", "电池"),)),
                                         number=Decimal("0.250"))),
    ]  # fmt: skip
    state(twin, platform_asker(), *facts)

    with twin.change(platform_asker(), reason="再次装载", source="register") as changes:
        changes.record(facts)

    assert (changes.tally.opened, changes.tally.closed, changes.tally.same) == (0, 0, 2)
    assert changes.tally.new_bodies == 0


def test_a_correction_keeps_what_was_known_before(twin: Twin, clock: FixedClock) -> None:
    firm = a_firm()
    body = state(twin, platform_asker(), Statement(firm, "region", Value(text="220101")))
    before = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=1))

    state(twin, platform_asker(), Statement(body, "region", Value(text="220184")))

    assert see(twin, platform_asker(), body, "region") == "220184"
    assert see(twin, platform_asker(), body, "region", known_at=before) == "220101"


def test_a_value_true_for_a_while_gives_way_and_comes_back(twin: Twin) -> None:
    firm = a_firm()
    body = state(
        twin, platform_asker(),
        Statement(firm, "name", Value(text="老名")),
        Statement(firm, "status", Value(text="在业")),
    )  # fmt: skip

    state(
        twin, platform_asker(),
        Statement(body, "status", Value(text="停业"), valid=Moment.parse("2020-01-01"),
                  valid_to=Moment.parse("2021-01-01")),
    )  # fmt: skip

    def at(year: int) -> object:
        return see(
            twin, platform_asker(), body, "status", valid_at=datetime(year, 6, 1, tzinfo=UTC)
        )

    assert [at(2019), at(2020), at(2022)] == ["在业", "停业", "在业"]


def test_an_ended_value_is_unknown_after_its_end(twin: Twin) -> None:
    firm = a_firm()
    body = state(
        twin, platform_asker(),
        Statement(firm, "name", Value(text="丙公司")),
        Statement(firm, "website", Value(text="example.cn"), valid=Moment.parse("2018"),
                  valid_to=Moment.parse("2019")),
    )  # fmt: skip

    assert see(twin, platform_asker(), body, "website") is None
    asked = datetime(2018, 7, 1, tzinfo=UTC)
    assert see(twin, platform_asker(), body, "website", valid_at=asked) == "example.cn"


def test_the_source_with_more_authority_is_shown_and_the_other_kept(twin: Twin) -> None:
    firm = a_firm()
    body = state(
        twin, platform_asker(), Statement(firm, "name", Value(text="新闻名")), source="news"
    )

    state(twin, platform_asker(), Statement(body, "name", Value(text="登记名")))

    assert see(twin, platform_asker(), body, "name") == "登记名"
    with twin.view(platform_asker()) as view:
        assert {fact.text for fact in view.history(body, "name")} == {"新闻名", "登记名"}


def test_one_change_that_contradicts_itself_keeps_the_first_and_says_so(twin: Twin) -> None:
    firm = a_firm()

    with twin.change(platform_asker(), reason="试", source="register") as changes:
        changes.record([Statement(firm, "name", Value(text="一"))])
        changes.record([Statement(firm, "name", Value(text="二"))])
        body = changes.body("Company", *firm.keys)

    assert changes.tally.clashes == 1
    assert see(twin, platform_asker(), body, "name") == "一"


def test_what_fails_halfway_leaves_nothing(twin: Twin) -> None:
    firm = a_firm()

    def facts() -> Iterator[Statement]:
        yield Statement(firm, "name", Value(text="半途"))
        raise InputProblem("坏行", "bad row")

    with (
        pytest.raises(InputProblem),
        twin.change(platform_asker(), reason="试", source="register") as changes,
    ):
        changes.record(facts())

    with twin.view(platform_asker()) as view:
        assert view.find_key(*firm.keys[0]) is None


def test_private_facts_overlay_a_public_body_for_their_tenant_only(twin: Twin) -> None:
    firm = a_firm()
    body = state(twin, platform_asker(), Statement(firm, "name", Value(text="公开名")))
    here, there = an_officer(twin), an_officer(twin, "370102")

    state(twin, here, Statement(body, "note", Value(text="正在接洽")), source="staff")

    assert see(twin, here, body, "note") == "正在接洽"
    assert see(twin, here, body, "name") == "公开名"
    assert see(twin, there, body, "note") is None
    with twin.view(there) as view:
        assert view.history(body, "note") == []


def test_a_private_body_does_not_exist_for_another_tenant(twin: Twin) -> None:
    here, there = an_officer(twin), an_officer(twin, "370102")
    body = state(twin, here, Statement(a_firm(), "name", Value(text="本地线索")), source="staff")

    with twin.view(there) as view, pytest.raises(NotFoundProblem):
        view.get(body)
    with twin.view(there) as view:
        assert view.find("Company", text="本地线索").total == 0


def test_a_labelled_value_is_hidden_in_reads_search_and_counts(twin: Twin) -> None:
    cleared, plain = an_officer(twin, "220184", Label.PERSONAL), an_officer(twin)
    firm = a_firm()
    body = state(
        twin, cleared, Statement(firm, "name", Value(text="有联系人的公司")),
        Statement(firm, "phone", Value(text="13900000000"), label=Label.PERSONAL), source="staff",
    )  # fmt: skip

    assert see(twin, cleared, body, "phone") == "13900000000"
    assert see(twin, plain, body, "phone") is None
    with twin.view(plain) as view:
        assert view.history(body, "phone") == []


def test_names_are_found_by_any_two_characters(twin: Twin) -> None:
    body = state(
        twin, platform_asker(), Statement(a_firm(), "name", Value(text="长春富奥汽车零部件"))
    )

    with twin.view(platform_asker()) as view:
        hits = [view.find("Company", text=part) for part in ("富奥", "汽车零", "富零")]

    assert [body in [found.body for found in hit.states] for hit in hits] == [True, True, False]


def test_the_store_refuses_to_edit_or_delete_a_fact(twin: Twin, database: Cluster) -> None:
    body = state(twin, platform_asker(), Statement(a_firm(), "name", Value(text="不可改")))

    for wrong in (
        "UPDATE fact SET text = '改' WHERE body = %s",
        "DELETE FROM fact WHERE body = %s",
    ):
        assert database.super_url is not None
        with psycopg.connect(database.super_url) as connection, pytest.raises(psycopg.Error):
            connection.execute(wrong, (body,))


def test_the_serving_role_cannot_write_for_another_tenant(twin: Twin) -> None:
    there = an_officer(twin, "370102")
    here = an_officer(twin)

    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        twin.database.transaction(here.settings()) as connection,
    ):
        connection.execute(
            "INSERT INTO body (id, tenant, kind, change) VALUES (nextval('body_id'), %s, 1, 1)",
            (there.tenant,),
        )


def test_recalled_facts_never_claim_more_than_half_confidence(twin: Twin) -> None:
    body = state(
        twin, platform_asker(),
        Statement(a_firm(), "name", Value(text="凭记忆"), basis=Basis.RECALLED, confidence=90),
    )  # fmt: skip

    with twin.view(platform_asker()) as view:
        held = view.get(body).held("name")
    assert held is not None
    assert (held.basis, held.confidence) == (Basis.RECALLED, 50)


def test_retracting_a_source_makes_its_values_unknown_again(twin: Twin, clock: FixedClock) -> None:
    body = state(
        twin, platform_asker(), Statement(a_firm(), "name", Value(text="将撤")), source="news"
    )
    before = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=1))

    with twin.change(platform_asker(), reason="来源撤回", source="news") as changes:
        changes.retract([body])

    with twin.view(platform_asker()) as view, pytest.raises(NotFoundProblem):
        view.get(body)
    assert see(twin, platform_asker(), body, "name", known_at=before) == "将撤"


def test_what_becomes_true_later_shows_once_time_has_come(twin: Twin, clock: FixedClock) -> None:
    body = state(
        twin, platform_asker(), Statement(a_firm(), "name", Value(text="丁公司")),
        Statement(a_firm(), "name", Value(text="无关")),
    )  # fmt: skip
    then = Moment.instant(clock.now() + timedelta(days=30))
    state(twin, platform_asker(), Statement(body, "status", Value(text="注销"), valid=then))
    assert see(twin, platform_asker(), body, "status") is None

    clock.move(timedelta(days=60))
    advanced = twin.advance(platform_asker())

    assert advanced >= 1
    assert see(twin, platform_asker(), body, "status") == "注销"


def test_an_unknown_attribute_is_refused_with_the_way_out(twin: Twin) -> None:
    with pytest.raises(InputProblem, match="孪生体 → 种类"):
        state(twin, platform_asker(), Statement(a_firm(), "colour", Value(text="红")))


def test_thousands_of_single_statements_fit_in_one_change(twin: Twin) -> None:
    with twin.change(platform_asker(), reason="逐条", source="register") as changes:
        for number in range(3_000):
            changes.say(a_firm(), "name", Value(text=f"逐条{number}"))

    assert changes.tally.opened == 3_000


def test_a_moment_given_without_a_zone_is_meant_in_china() -> None:
    assert Moment.parse("2026-11-01T08:00:00").at == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01", "0001-01-01T00:00:00+14:00"])
def test_a_day_before_all_calendars_is_refused(text: str) -> None:
    with pytest.raises(InputProblem):
        Moment.parse(text)
