"""A tenant adds kinds and attributes without code, and nobody else hears of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.twin.test_facts import a_firm, an_officer

from chaintwin.access.asker import platform_asker
from chaintwin.engine.database import Database
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem, Problem
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.model.kinds import Attribute, Kind, ValueType, load_kinds
from chaintwin.twin.changes import Changes
from chaintwin.twin.kinds import kind_subject
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

IRI = "https://uri.etsi.org/ngsi-ld/default-context/"
ELSEWHERE = "370102"
CHARGER = Kind(
    "Charger",
    "item",
    {"zh": "充电桩", "en": "Charger"},
    attributes={
        "name": Attribute("name", {"zh": "名称", "en": "Name"}, "text"),
        "power_kw": Attribute("power_kw", {"zh": "功率", "en": "Power"}, "number", unit="kW"),
        "phone_of_keeper": Attribute(
            "phone_of_keeper", {"zh": "看护人电话", "en": "Keeper's phone"}, "text",
            label=Label.PERSONAL,
        ),
    },
)  # fmt: skip


def declare(twin: Twin, kind: Kind = CHARGER, region: str = "220184") -> None:
    with twin.change(an_officer(twin, region), reason="加种类", source="register") as changes:
        changes.declare(kind)


def declare_and_fail(twin: Twin, changes: Changes) -> None:
    """Let the process look at its kinds while they are not committed, then break off."""
    changes.declare(Kind("Halfway", "other", {"zh": "半", "en": "Half"}))
    changes.finish()
    assert twin.own_kinds.of(changes._connection, changes.asker.tenant).get("Halfway")
    raise ZeroDivisionError


def one_of(kind: str, name: str) -> Subject:
    return Subject(kind, (("test_name", name),))


def an_attribute(name: str, of_type: ValueType, **more: bool) -> dict[str, Attribute]:
    return {name: Attribute(name, {"zh": "试", "en": "Try"}, of_type, **more)}


def test_a_declared_kind_takes_values_and_is_shown_with_its_titles(twin: Twin) -> None:
    declare(twin)
    asker = an_officer(twin)

    with twin.change(asker, reason="登记", source="register") as changes:
        body = changes.body("Charger", ("test_name", "一号桩"))
        changes.say(body, "name", Value(text="一号桩"))
        changes.say(body, "power_kw", Value(number=Decimal(120)))

    with twin.view(asker) as view:
        assert view.get(body).one("power_kw") == 120
        assert view.find("Charger", text="号桩").total == 1
        kind = view.kinds.get("Charger")
    assert (kind.body_class, kind.title["en"]) == ("item", "Charger")
    assert (kind.attributes["power_kw"].unit, kind.own) == ("kW", True)
    assert list(verify(twin)) == []


def test_another_tenant_neither_sees_nor_guesses_a_kind(twin: Twin) -> None:
    declare(twin)
    other = an_officer(twin, ELSEWHERE)
    said = []

    for name in ("Charger", "Nothing"):
        with (
            pytest.raises(InputProblem) as refused,
            twin.change(other, reason="猜", source="register") as changes,
        ):
            changes.record([Statement(one_of(name, "甲"), "name", Value(text="甲"))])
        said.append((refused.value.zh, refused.value.en))

    with twin.view(other) as view:
        assert "Charger" not in view.kinds.by_name
        assert view.find("Charger").total == 0
    assert said[0][0].replace("Charger", "Nothing") == said[1][0]
    assert said[0][1].replace("Charger", "Nothing") == said[1][1]


def test_what_the_public_tenant_declares_is_known_to_all(twin: Twin) -> None:
    public = Kind("Station", "construction", {"zh": "车站", "en": "Station"})

    with twin.change(platform_asker(), reason="加种类", source="register") as changes:
        changes.declare(public)

    with twin.view(an_officer(twin, ELSEWHERE)) as view:
        assert view.kinds.get("Station").body_class == "construction"


def test_a_kind_declared_by_another_process_is_known_at_once(
    twin: Twin, pool: Database, clock: FixedClock
) -> None:
    elsewhere = Twin(pool, load_kinds(), clock)
    with elsewhere.view(an_officer(twin)) as view:
        assert "Depot" not in view.kinds.by_name

    declare(twin, Kind("Depot", "construction", {"zh": "仓", "en": "Depot"}))

    with elsewhere.change(an_officer(twin), reason="登记", source="register") as changes:
        assert changes.body("Depot", ("test_name", "一号仓"))


def test_a_declaration_that_is_undone_leaves_nothing(twin: Twin) -> None:
    asker = an_officer(twin)

    with (
        pytest.raises(ZeroDivisionError),
        twin.change(asker, reason="半途", source="register") as changes,
    ):
        declare_and_fail(twin, changes)

    with twin.view(asker) as view:
        assert "Halfway" not in view.kinds.by_name


def test_a_shipped_kind_takes_more_attributes_but_no_others(twin: Twin) -> None:
    asker, firm = an_officer(twin), a_firm()
    more = an_attribute("bus_stop", "text")
    declare(twin, Kind("Company", "organisation", {}, attributes=more))

    with twin.change(asker, reason="登记", source="register") as changes:
        changes.record([Statement(firm, "bus_stop", Value(text="东站"))])

    with twin.view(asker) as view:
        company = view.kinds.get("Company")
    assert company.title["zh"] == "企业"
    assert not company.own
    assert company.attributes["bus_stop"].own
    changed = an_attribute("revenue", "text")
    with pytest.raises(ConflictProblem, match="出厂属性"):
        declare(twin, Kind("Company", "organisation", {}, attributes=changed))


def test_what_is_stored_keeps_its_meaning(twin: Twin) -> None:
    declare(twin)
    several = an_attribute("power_kw", "number", many=True)

    with pytest.raises(ConflictProblem, match="不能改为 text"):
        declare(twin, Kind("Charger", "item", {}, attributes=an_attribute("power_kw", "text")))
    with pytest.raises(ConflictProblem, match="单值"):
        declare(twin, Kind("Meter", "item", {}, attributes=several))


@pytest.mark.parametrize(
    "kind",
    [
        Kind("charger", "item", {}),
        Kind("两个字", "item", {}),
        Kind("Good", "animal", {}),  # type: ignore[arg-type]
        Kind("Good", "item", {}, attributes=an_attribute("Bad Name", "text")),
        Kind("Good", "item", {}, attributes=an_attribute("good", "colour")),  # type: ignore[arg-type]
        Kind("Kind", "other", {}, attributes=an_attribute("good", "text")),
    ],
)
def test_what_cannot_be_a_kind_is_refused(twin: Twin, kind: Kind) -> None:
    with pytest.raises(Problem):
        declare(twin, kind)


def test_kinds_are_not_written_as_plain_facts(twin: Twin) -> None:
    declare(twin)

    with (
        pytest.raises(InputProblem, match="种类只能在"),
        twin.change(an_officer(twin), reason="改", source="register") as changes,
    ):
        changes.record([Statement(kind_subject("Charger"), "body_class", Value(text="vehicle"))])


def test_unknown_names_become_an_open_kind_of_that_tenant(twin: Twin) -> None:
    asker, kind, speed = an_officer(twin), IRI + "Vehicle", IRI + "speed"
    car = Subject(kind, (("uri", "urn:ngsi-ld:Vehicle:A4567"),))
    with twin.change(asker, reason="接入", source="register") as changes:
        changes.accept_unknown("vehicle")
        changes.record(
            [
                Statement(car, speed, Value(number=Decimal(55))),
                Statement(car, speed, Value(number=Decimal("54.5")), "urn:ngsi-ld:Dataset:gps"),
                Statement(car, IRI + "nested/name", Value(data={"a": [1, None]})),
            ]
        )
        body = changes.body(kind, *car.keys)

    with twin.view(asker) as view, twin.view(asker, known_at=changes.at) as then:
        now = view.get(body)
        assert [(held.key, held.value) for held in now.all(speed)] == [
            ("", 55), ("urn:ngsi-ld:Dataset:gps", Decimal("54.5")),
        ]  # fmt: skip
        assert now.one(IRI + "nested/name") == {"a": [1, None]}
        assert then.get(body).attributes.keys() == now.attributes.keys()
        assert [state.body for state in view.slices(kind, [speed])] == [body]
        assert {fact.attribute for fact in view.history(body)} == now.attributes.keys()
        declared = view.kinds.get(kind)
    assert (declared.title["zh"], declared.body_class, declared.is_open) == (
        "Vehicle", "vehicle", True,
    )  # fmt: skip
    assert declared.attributes[speed].type == "any"
    with twin.view(an_officer(twin, ELSEWHERE)) as view:
        assert kind not in view.kinds.by_name
        with pytest.raises(NotFoundProblem):
            view.get(body)
    assert list(verify(twin)) == []


def test_an_unknown_attribute_of_a_shipped_kind_is_taken_only_when_asked(twin: Twin) -> None:
    asker, firm = an_officer(twin), a_firm()

    with twin.change(asker, reason="接入", source="register") as changes:
        body = changes.body("Company", *firm.keys)
        with pytest.raises(InputProblem, match="没有属性"):
            changes.say(body, "mood", Value(text="好"))
        changes.accept_unknown()
        changes.say(body, "mood", Value(text="好"))

    with twin.view(asker) as view:
        assert view.get(body).one("mood") == "好"
        assert view.kinds.get("Company").body_class == "organisation"


WRONG = {
    "revenue": Value(text="很多"),
    "founded_on": Value(text="去年"),
    "park": Value(text="某园区"),
    "name": Value(number=Decimal(1)),
    "demo": Value(text="也许"),
    "employees": Value(number=Decimal("NaN")),
}


@pytest.mark.parametrize("attribute", WRONG)
def test_a_value_of_another_type_is_refused_with_the_way_out(twin: Twin, attribute: str) -> None:
    firm = a_firm()

    with (
        pytest.raises(InputProblem, match="应为") as refused,
        twin.change(platform_asker(), reason="登记", source="register") as changes,
    ):
        changes.record([Statement(firm, attribute, WRONG[attribute])])

    assert attribute in refused.value.zh
    assert attribute in refused.value.en
    with twin.view(platform_asker()) as view:
        assert view.find_key(*firm.keys[0]) is None


def test_a_personal_attribute_is_never_stored_open(twin: Twin) -> None:
    declare(twin)
    asker = an_officer(twin, "220184", Label.PERSONAL)

    with twin.change(asker, reason="登记", source="register") as changes:
        body = changes.body("Charger", ("test_name", "二号桩"))
        changes.say(body, "name", Value(text="二号桩"))
        changes.say(body, "phone_of_keeper", Value(text="13800000000"))

    with twin.view(asker) as view:
        assert view.get(body).one("phone_of_keeper") == "13800000000"
    with twin.view(an_officer(twin)) as view:
        assert view.get(body).one("phone_of_keeper") is None


def test_a_body_nobody_may_read_is_not_written_about(twin: Twin) -> None:
    declare(twin)
    with twin.change(an_officer(twin), reason="登记", source="register") as changes:
        body = changes.body("Charger", ("test_name", "三号桩"))
        changes.say(body, "name", Value(text="三号桩"))

    with (
        pytest.raises(NotFoundProblem),
        twin.change(an_officer(twin, ELSEWHERE), reason="改", source="register") as theirs,
    ):
        theirs.say(body, "name", Value(text="别人的桩"))
