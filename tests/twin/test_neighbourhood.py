"""What stands around a body is found two hops far, as of any moment, without hubs filling it."""

from __future__ import annotations

from datetime import timedelta

from tests.twin.forks import Make

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Subject, Value
from chaintwin.twin.neighbourhood import Neighbourhood
from chaintwin.twin.twin import Twin


def a_firm(twin: Twin, name: str, *products: int) -> int:
    firm = Subject("Company", (("company_name", name),))
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.say(firm, "name", Value(text=name))
        for product in products:
            changes.say(firm, "product", Value(ref=product))
        return changes.body("Company", *firm.keys)


def a_product(twin: Twin, name: str) -> int:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        return changes.body("Product", ("product_name", name))


def look_around(twin: Twin, body: int, hops: int = 2, most: int = 20) -> Neighbourhood:
    with twin.view(platform_asker()) as view:
        return view.neighbourhood(body, hops, most)


def test_rivals_of_a_firm_are_two_hops_away(twin: Twin) -> None:
    motor, wheel = a_product(twin, "邻·电机"), a_product(twin, "邻·轮毂")
    firm = a_firm(twin, "邻·甲", motor)
    rival = a_firm(twin, "邻·乙", motor, wheel)
    far = a_firm(twin, "邻·丙", wheel)

    found = look_around(twin, firm)

    assert found.distance == {firm: 0, motor: 1, rival: 2}
    assert {(one.body, one.ref, one.attribute) for one in found.relations} == {
        (firm, motor, "product"),
        (rival, motor, "product"),
    }
    assert far in look_around(twin, wheel).distance
    assert look_around(twin, firm, hops=1).distance == {firm: 0, motor: 1}


def test_what_ended_is_no_neighbour_and_what_was_then_still_is(
    twin: Twin, clock: FixedClock
) -> None:
    motor = a_product(twin, "旧·电机")
    firm = a_firm(twin, "旧·甲", motor)
    before = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=2))
    with twin.change(platform_asker(), reason="停产", source="register") as changes:
        changes.retract([firm], "product")

    with twin.view(platform_asker(), known_at=before) as view:
        then = view.neighbourhood(firm)

    assert look_around(twin, firm).distance == {firm: 0}
    assert then.distance == {firm: 0, motor: 1}


def test_a_product_that_many_make_is_cut_and_says_so(twin: Twin) -> None:
    motor, rare = a_product(twin, "多·电机"), a_product(twin, "多·罕见")
    firms = [a_firm(twin, f"多·厂{number}", motor) for number in range(6)]
    maker = a_firm(twin, "多·甲", motor, rare)

    found = look_around(twin, maker, most=3)

    assert len(found.distance.keys() & set(firms)) <= 3
    assert found.cut == {motor}
    assert look_around(twin, maker, most=20).cut == frozenset()


def test_which_neighbours_of_a_hub_show_does_not_change_with_the_plan(twin: Twin) -> None:
    motor = a_product(twin, "序·电机")
    firms = [a_firm(twin, f"序·厂{number}") for number in range(6)]
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        for firm in reversed(firms):
            changes.say(firm, "product", Value(ref=motor))
    found = []
    for plan in ("indexscan", "bitmapscan", "seqscan"):
        with twin.view(platform_asker()) as view:
            for other in {"indexscan", "bitmapscan", "seqscan"} - {plan}:
                view.connection.execute(f"SET LOCAL enable_{other} = off")  # type: ignore[arg-type]
            found.append(set(view.neighbourhood(motor, 1, 2).distance))

    assert found == [{motor, *firms[:2]}] * 3


def test_a_branch_shows_its_own_neighbours(twin: Twin, li: Asker, make: Make) -> None:
    motor, wheel = a_product(twin, "支·电机"), a_product(twin, "支·轮毂")
    with twin.change(li, reason="登记", source="register") as changes:
        firm = changes.body("Company", ("company_name", "支·甲"))
        changes.say(firm, "park", Value(ref=motor), value_key="1")
    branch = make()
    with twin.change(li, reason="设想", source="register", branch=branch.id) as changes:
        changes.say(firm, "park", Value(ref=wheel), value_key="1")

    with twin.view(li, branch=branch.id) as view:
        there = view.neighbourhood(firm)
    with twin.view(li) as view:
        here = view.neighbourhood(firm)

    assert there.distance == {firm: 0, wheel: 1}
    assert here.distance == {firm: 0, motor: 1}
