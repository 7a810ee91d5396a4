"""Sources that contradict one another are shown side by side; a person rules, and can undo it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.web.conftest import LogIn

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Basis, Label, Statement, Subject, Value
from chaintwin.twin.rulings import SOURCES
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

_names = iter(f"第{number}对照厂" for number in range(1, 100))


def here(twin: Twin, labels: frozenset[Label] = frozenset(Label)) -> Asker:
    tenant = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    return Asker(tenant, "李", roles=frozenset({"officer"}), labels=labels)


def state(twin: Twin, asker: Asker, source: str, *facts: Statement) -> str:
    with twin.change(asker, reason="登记", source=source) as changes:
        changes.record(facts)
        about = facts[0].about
        assert isinstance(about, Subject)
        body = changes.body(about.kind, *about.keys)
    with twin.view(asker) as view:
        return view.code(body)


@pytest.fixture
def firm(twin: Twin, clock: FixedClock) -> tuple[str, Subject]:
    """A firm of which two public sources state different addresses."""
    clock.move(timedelta(days=1))
    twin.declare(
        SourceRecord("news", {"zh": "新闻", "en": "News"}, rank=50),
        SourceRecord("trial", {"zh": "试用", "en": "Trial"}, evaluation_only=True, rank=60),
        *SOURCES,
    )
    about = Subject("Company", (("company_name", next(_names)),))
    state(
        twin, platform_asker(), "register",
        Statement(about, "name", Value(text=about.keys[0][1])),
        Statement(about, "office_address", Value(text="公主大街1号")),
    )  # fmt: skip
    code = state(
        twin,
        platform_asker(),
        "news",
        Statement(about, "office_address", Value(text="公主大街2号")),
    )
    clock.move(timedelta(days=1))
    return code, about


def claims(answer: Any, attribute: str = "office_address") -> list[tuple[str, str, bool]]:
    found = next(one for one in answer["items"] if one["attribute"] == attribute)
    return [(c["fact"]["source"], c["fact"]["value"], c["shown"]) for c in found["claims"]]


def fact_of(answer: Any, source: str, attribute: str = "office_address") -> int:
    found = next(one for one in answer["items"] if one["attribute"] == attribute)
    number: int = next(c["fact"]["fact"] for c in found["claims"] if c["fact"]["source"] == source)
    return number


def shown(client: Any, code: str, attribute: str = "office_address", **asked: str) -> list[Any]:
    body = client.get(f"/api/v1/bodies/{code}", params=asked).json()
    found = [one for one in body["attributes"] if one["name"] == attribute]
    return [value["value"] for one in found for value in one["values"]]


def test_the_better_source_is_shown_and_the_other_stays_visible(
    log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    li = log_in("li")

    told = li.get(f"/api/v1/bodies/{firm[0]}/claims").json()
    only = li.get(f"/api/v1/bodies/{firm[0]}/claims", params={"conflicts": True}).json()

    assert claims(told) == [("register", "公主大街1号", True), ("news", "公主大街2号", False)]
    assert (told["conflicts"], [one["attribute"] for one in only["items"]]) == (
        1,
        ["office_address"],
    )


def test_two_sources_that_name_the_same_body_do_not_contradict_one_another(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, about = firm
    cell = Subject("Product", (("product_name", "动力电池"),))
    for source, share, words in (("register", "0.5", "年报"), ("news", "0.5", "新闻")):
        said = Value(ref=cell, text=words, number=Decimal(share))
        state(twin, platform_asker(), source, Statement(about, "product", said, value_key="电池"))

    told = log_in("li").get(f"/api/v1/bodies/{code}/claims").json()

    conflicts = {one["attribute"]: one["conflict"] for one in told["items"]}
    assert (conflicts["product"], conflicts["office_address"]) == (False, True)


def test_a_ruling_stands_before_the_sources_until_it_is_withdrawn(
    twin: Twin, clock: FixedClock, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, _ = firm
    li, wang = log_in("li"), log_in("wang")
    path = f"/api/v1/bodies/{code}"
    before = clock.now()
    clock.move(timedelta(hours=1))
    news = fact_of(li.get(f"{path}/claims").json(), "news")
    given = {"attribute": "office_address", "fact": news, "reason": "现场看过,在2号"}

    ruled = li.post(f"{path}/rulings", json=given)
    after_ruling = shown(li, code), shown(wang, code)
    while_ruled = clock.now()
    clock.move(timedelta(hours=1))
    withdrawn = li.post(
        f"{path}/rulings/withdraw", json={"attribute": "office_address", "reason": "看错了门牌"}
    )

    assert ruled.status_code == 200, ruled.text
    assert claims(ruled.json())[0] == ("ruling", "公主大街2号", True)
    assert after_ruling == (["公主大街2号"], ["公主大街1号"])
    assert claims(withdrawn.json())[0] == ("register", "公主大街1号", True)
    assert shown(li, code) == ["公主大街1号"]
    assert shown(li, code, known_at=while_ruled.isoformat()) == ["公主大街2号"]
    assert shown(li, code, known_at=before.isoformat()) == ["公主大街1号"]
    assert list(verify(twin)) == []


def test_a_new_ruling_takes_the_place_of_the_old_one(
    log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    li, path = log_in("li"), f"/api/v1/bodies/{firm[0]}/rulings"
    own = {"attribute": "office_address", "reason": "来电核实"}

    for value in ("公主大街3号", "公主大街4号"):
        answer = li.post(path, json=own | {"value": value})

    ruled = [one for one in claims(answer.json()) if one[0] == "ruling"]
    assert ruled == [("ruling", "公主大街4号", True)]


def test_choosing_what_is_for_evaluation_only_stays_gated(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, about = firm
    state(
        twin,
        platform_asker(),
        "trial",
        Statement(about, "office_address", Value(text="公主大街9号")),
    )
    li = log_in("li")
    trial = fact_of(li.get(f"/api/v1/bodies/{code}/claims").json(), "trial")

    ruled = li.post(
        f"/api/v1/bodies/{code}/rulings",
        json={"attribute": "office_address", "fact": trial, "reason": "去过"},
    ).json()

    (first, *_) = next(one for one in ruled["items"] if one["attribute"] == "office_address")[
        "claims"
    ]
    assert (first["fact"]["value"], first["fact"]["evaluation_only"]) == ("公主大街9号", True)


def test_an_invented_example_cannot_be_ruled_true(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, about = firm
    state(
        twin,
        platform_asker(),
        "trial",
        Statement(about, "website", Value(text="http://x.example"), basis=Basis.DEMO),
    )
    li = log_in("li")
    number = fact_of(li.get(f"/api/v1/bodies/{code}/claims").json(), "trial", "website")

    answer = li.post(
        f"/api/v1/bodies/{code}/rulings",
        json={"attribute": "website", "fact": number, "reason": "看着像"},
    )

    assert answer.status_code == 409
    assert "示例" in answer.json()["detail"]


def test_a_ruling_on_a_secret_value_is_as_secret(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, about = firm
    state(
        twin,
        here(twin),
        "register",
        Statement(about, "note", Value(text="拟迁址"), label=Label.BUSINESS),
    )
    li, kan = log_in("li"), log_in("kan")

    answer = li.post(
        f"/api/v1/bodies/{code}/rulings",
        json={"attribute": "note", "value": "拟迁公主岭", "reason": "面谈"},
    )

    assert answer.status_code == 200, answer.text
    assert shown(li, code, "note") == ["拟迁公主岭"]
    assert shown(kan, code, "note") == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"attribute": "office_address", "reason": "空"}, 422),
        ({"attribute": "office_address", "reason": "没有选值"}, 422),
        ({"attribute": "office_address", "fact": 999999999, "reason": "错号"}, 404),
        ({"attribute": "employees", "value": "10", "reason": "没有来源"}, 404),
        ({"attribute": "没有的", "value": "10", "reason": "没有来源"}, 404),
    ],
)
def test_a_ruling_that_makes_no_sense_is_refused_and_leaves_nothing(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject], given: dict[str, Any], status: int
) -> None:
    li, path = log_in("li"), f"/api/v1/bodies/{firm[0]}"
    before = li.get(f"{path}/history").json()["total"]

    answer = li.post(f"{path}/rulings", json=given)

    assert answer.status_code == status, answer.text
    assert li.get(f"{path}/history").json()["total"] == before


def test_a_number_is_asked_for_where_a_number_belongs(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject]
) -> None:
    code, about = firm
    state(
        twin, platform_asker(), "register", Statement(about, "employees", Value(number=Decimal(40)))
    )
    li = log_in("li")
    given = {"attribute": "employees", "reason": "点过人数"}

    wrong = li.post(f"/api/v1/bodies/{code}/rulings", json=given | {"value": "四十"})
    right = li.post(f"/api/v1/bodies/{code}/rulings", json=given | {"value": "1,040"})

    assert wrong.status_code == 422
    assert "四十" in wrong.json()["detail"]
    assert shown(li, code, "employees") == [1040], right.text


@pytest.mark.parametrize(("day", "status"), [("去年", 422), ("2019-05", 200)])
def test_a_day_is_asked_for_where_a_day_belongs(
    twin: Twin, log_in: LogIn, firm: tuple[str, Subject], day: str, status: int
) -> None:
    code, about = firm
    state(
        twin,
        platform_asker(),
        "register",
        Statement(about, "founded_on", Value(text="2018-05-01")),
    )

    answer = log_in("li").post(
        f"/api/v1/bodies/{code}/rulings",
        json={"attribute": "founded_on", "value": day, "reason": "看过执照"},
    )

    assert answer.status_code == status, answer.text
    assert shown(log_in("li"), code, "founded_on") == [day if status == 200 else "2018-05-01"]


def test_readers_and_other_offices_do_not_rule(log_in: LogIn, firm: tuple[str, Subject]) -> None:
    given = {"attribute": "office_address", "value": "别处", "reason": "试试"}

    answers = [
        log_in(who).post(f"/api/v1/bodies/{firm[0]}/rulings", json=given) for who in ("kan",)
    ]

    assert [answer.status_code for answer in answers] == [403]


@pytest.fixture
def versions(twin: Twin, clock: FixedClock, firm: tuple[str, Subject]) -> tuple[str, list[str]]:
    """Three versions of what one's own office holds: first, corrected, withdrawn."""
    code, about = firm
    asker, moments = here(twin), []
    state(
        twin, asker, "register",
        Statement(about, "note", Value(text="第一版")),
        Statement(about, "phone", Value(text="1380000"), label=Label.PERSONAL),
    )  # fmt: skip
    moments.append(clock.now().isoformat())
    clock.move(timedelta(days=1))
    state(twin, asker, "news", Statement(about, "website", Value(text="http://b.example")))
    state(twin, asker, "register", Statement(about, "note", Value(text="第二版")))
    moments.append(clock.now().isoformat())
    clock.move(timedelta(days=1))
    with twin.change(asker, reason="撤下", source="register") as changes:
        changes.retract()
    moments.append(clock.now().isoformat())
    clock.move(timedelta(days=1))
    return code, moments


def all_shown(client: Any, code: str, **asked: str) -> dict[str, Any]:
    body = client.get(f"/api/v1/bodies/{code}", params=asked).json()
    return {
        one["name"]: [(value["value"], value["source"]) for value in one["values"]]
        for one in body["attributes"]
    }


@pytest.mark.parametrize("version", [0, 1])
def test_a_version_is_restored_as_it_was_deletions_too(
    twin: Twin, log_in: LogIn, versions: tuple[str, list[str]], version: int
) -> None:
    code, moments = versions
    li = log_in("li")
    then = all_shown(li, code, known_at=moments[version])
    given = {"known_at": moments[version], "reason": "误撤"}

    answer = li.post(f"/api/v1/bodies/{code}/restore", json=given)

    assert answer.status_code == 200, answer.text
    assert all_shown(li, code) == then
    assert shown(li, code, "note", known_at=moments[2]) == []
    again = li.post(f"/api/v1/bodies/{code}/restore", json=given)
    assert again.status_code == 409
    assert list(verify(twin)) == []


def test_a_version_before_anything_was_held_is_empty(
    log_in: LogIn, versions: tuple[str, list[str]]
) -> None:
    code, _ = versions
    li = log_in("li")

    answer = li.post(
        f"/api/v1/bodies/{code}/restore", json={"known_at": "2020-01-01", "reason": "全部作废"}
    )

    assert answer.json() == {"opened": 0, "closed": 1}
    assert set(all_shown(li, code)) == {"name", "office_address"}


def test_what_one_may_not_read_is_not_restored(
    twin: Twin, log_in: LogIn, versions: tuple[str, list[str]]
) -> None:
    code, moments = versions
    asker = here(twin, frozenset({Label.PUBLIC}))
    with twin.view(asker) as view:
        body, at = view.number(code), moments[0]

    with twin.change(asker, reason="还原", source="register") as changes:
        changes.restore(body, datetime.fromisoformat(at))

    assert shown(log_in("li"), code, "phone") == []
    assert shown(log_in("li"), code, "note") == ["第一版"]
