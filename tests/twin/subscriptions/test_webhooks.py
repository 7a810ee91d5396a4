"""What happens reaches receivers that are other processes, whatever they do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta

import pytest
from tests.receiver import Receiver, free_port, wait_until
from tests.twin.subscriptions.conftest import Office, make_officer, soon

from chaintwin.access.accounts import set_account_state
from chaintwin.access.asker import platform_asker
from chaintwin.model.fact import Label, Subject, Value
from chaintwin.twin.identity.judging import write_rulings
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.subscriptions.model import Condition, Pace, Wanted


def test_a_change_reaches_a_receiver_with_values_sources_and_both_clocks(
    office: Office, receiver: Receiver
) -> None:
    number = office.subscribe(receiver.url)
    office.serve()

    office.firm("示例电池厂", region="220184")

    wait_until(receiver.taken)
    (event,) = receiver.taken()
    assert (event["kind"], event["name"], event["actor"], event["reason"], event["is_new"]) == (
        "Company", "示例电池厂", office.officer.name, "登记", True,
    )  # fmt: skip
    told = {fact["attribute"]: fact for fact in event["stated"]}
    assert told["region"]["value"] == "220184"
    assert told["region"]["source"] == "register"
    assert told["region"]["known_from"] == event["at"]
    assert told["region"]["valid_from"] is None
    wait_until(lambda: office.get(number).progress.times_sent == 1)
    assert office.get(number).progress.last_success is not None


def test_the_signature_is_that_of_the_body_under_the_subscriptions_key(
    office: Office, receiver: Receiver
) -> None:
    number = office.subscribe(receiver.url)
    office.serve()

    office.firm("甲厂")

    wait_until(receiver.got)
    (message,) = receiver.got()
    headers = message["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{message['body']}".encode()
    secret = base64.b64decode(office.key(number).removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_only_what_was_asked_for_is_told(office: Office, receiver: Receiver) -> None:
    office.firm("在前")
    wanted = Wanted(
        kinds=("Company",), attributes=("region",), where=(Condition("region", "starts", "2201"),)
    )
    office.subscribe(receiver.url, wanted=wanted)
    office.serve()

    office.firm("没有地区")
    office.firm("别处", region="370102")
    with office.twin.change(office.officer, reason="产品", source="register") as changes:
        product = Subject("Product", (("product_name", "电芯"),))
        changes.say(product, "name", Value(text="电芯"))
    office.firm("本地", region="220184")

    wait_until(receiver.taken)
    (event,) = receiver.taken()
    assert event["name"] == "本地"
    assert [fact["attribute"] for fact in event["stated"]] == ["region"]


def test_what_the_owner_may_not_read_never_leaves(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    office.serve()
    office.officer = make_officer(office.twin, office.officer.tenant, f"cleared{id(office)}",
                                  *Label)  # fmt: skip

    office.write("甲厂", Label.BUSINESS, {"note": "拟迁址"})
    office.write("甲厂", Label.PUBLIC, {"name": "甲厂"})

    wait_until(receiver.taken)
    (event,) = receiver.taken()
    assert [fact["attribute"] for fact in event["stated"]] == ["name"]
    assert "拟迁址" not in receiver.got()[0]["body"]


def test_a_right_taken_away_counts_from_the_next_message_on(
    office: Office, receiver: Receiver
) -> None:
    number = office.subscribe(receiver.url)
    granter = make_officer(office.twin, office.officer.tenant, f"granter{id(office)}")
    office.serve()
    assert office.officer.account is not None

    with office.twin.database.transaction(granter.settings()) as connection:
        set_account_state(
            connection, granter, office.officer.account, roles={"granter"}, labels=None,
            disabled_at=None,
        )  # fmt: skip
    office.firm("甲厂")

    wait_until(lambda: office.get(number).progress.last_error is not None)
    assert "权限" in (office.get(number).progress.last_error or {})["zh"]
    assert receiver.got() == []


def test_facts_of_evaluation_only_sources_never_leave(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    office.serve()
    firm = Subject("Company", (("company_name", "乙厂"),))

    with office.twin.change(office.officer, reason="买来的", source="bought") as changes:
        changes.say(firm, "name", Value(text="买来的名称"))
    with office.twin.change(office.officer, reason="登记", source="register") as changes:
        changes.say(firm, "region", Value(text="220184"))

    wait_until(receiver.taken)
    (event,) = receiver.taken()
    assert [fact["attribute"] for fact in event["stated"]] == ["region"]
    assert event["name"] is None


def test_changes_of_public_data_are_told_and_those_of_another_office_are_not(
    office: Office, base: Office, receiver: Receiver
) -> None:
    from chaintwin.access.tenants import make_place

    other = make_place(base.twin.database, [("999001", "别处")])
    stranger = make_officer(base.twin, other, f"stranger{id(office)}")
    office.subscribe(receiver.url)
    office.serve()

    for asker, name in ((stranger, "别处的厂"), (platform_asker(), "公共的厂")):
        with base.twin.change(asker, reason="登记", source="register") as changes:
            changes.say(Subject("Company", (("company_name", name),)), "name", Value(text=name))

    wait_until(receiver.taken)
    assert {event["name"] for event in receiver.taken()} == {"公共的厂"}


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        ({"how": "status", "status": 500}, "500"),
        ({"how": "status", "status": 404}, "404"),
        ({"how": "hang"}, "没有应答"),
        ({"how": "drip"}, "没有应答"),
        ({"how": "status", "status": 307, "headers": {"Location": "http://127.0.0.1:1/"}}, "转向"),
    ],
    ids=["500", "404", "hangs", "drips", "redirects"],
)
def test_a_receiver_that_fails_is_tried_again_until_it_recovers(
    behaviour: dict[str, object], said: str, office: Office, receiver: Receiver
) -> None:
    receiver.behave(**behaviour)  # type: ignore[arg-type]
    number = office.subscribe(receiver.url)
    deliverer = office.serve()

    office.firm("甲厂")
    wait_until(lambda: office.get(number).progress.failures >= 2)
    error = office.get(number).progress.last_error
    assert not deliverer.is_well()
    receiver.behave("ok")

    wait_until(receiver.taken)
    wait_until(lambda: office.get(number).progress.failures == 0)
    assert error is not None
    assert said in error["zh"]
    assert [event["name"] for event in receiver.taken()] == ["甲厂"]
    assert deliverer.is_well()
    outcomes = [attempt.outcome for attempt in office.attempts(number)]
    assert (outcomes[0], set(outcomes[1:])) == ("sent", {"failed"})


def test_a_receiver_that_is_not_there_or_dies_half_way_gets_it_when_it_is_back(
    office: Office, receiver: Receiver
) -> None:
    receiver.behave("die")
    number = office.subscribe(receiver.url)
    office.serve()

    office.firm("甲厂")
    wait_until(lambda: office.get(number).progress.failures >= 2)
    error = office.get(number).progress.last_error
    receiver.behave("ok")
    receiver.start()

    wait_until(receiver.taken)
    assert error is not None
    assert "连接不上" in error["zh"]
    assert len(receiver.got()) == 2
    assert receiver.got()[0]["headers"]["webhook-id"] == receiver.got()[1]["headers"]["webhook-id"]


def test_410_pauses_the_subscription_and_says_so(office: Office, receiver: Receiver) -> None:
    receiver.behave("status", status=410)
    number = office.subscribe(receiver.url)
    office.serve()

    office.firm("甲厂")

    wait_until(lambda: office.get(number).status(soon()) == "paused")
    office.firm("乙厂")
    assert len(receiver.got()) == 1
    assert "410" in (office.get(number).progress.last_error or {})["zh"]


def test_a_dead_receiver_holds_up_nobody_else(
    office: Office, receiver: Receiver, other_receiver: Receiver
) -> None:
    receiver.behave("hang")
    for _ in range(12):
        office.subscribe(receiver.url, pace=Pace(timeout_s=30))
    office.subscribe(other_receiver.url)
    office.serve()

    started = soon()
    office.firm("甲厂")
    wait_until(other_receiver.taken)

    assert soon() - started < timedelta(seconds=5)


def test_many_writers_at_once_and_every_body_is_told_in_order(
    office: Office, receiver: Receiver
) -> None:
    office.subscribe(receiver.url)
    office.serve()

    def write(name: str) -> None:
        for round_ in range(8):
            office.firm("共同的厂" if round_ % 2 else name, region=f"{round_}-{name}")

    writers = [threading.Thread(target=write, args=(f"第{n}厂",)) for n in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    wait_until(lambda: len(receiver.taken()) >= 48)
    told: dict[str, list[int]] = {}
    for event in receiver.taken():
        told.setdefault(event["body"], []).append(event["change"])
    assert all(changes == sorted(changes) for changes in told.values())
    assert len({event["id"] for event in receiver.taken()}) == 48


def test_expiry_ends_and_pausing_only_delays(
    office: Office, receiver: Receiver, other_receiver: Receiver
) -> None:
    ended = office.subscribe(receiver.url, expires_at=soon() + timedelta(milliseconds=200))
    paused = office.subscribe(other_receiver.url, is_paused=True)
    office.serve()
    wait_until(lambda: office.get(ended).status(soon()) == "expired")

    office.firm("甲厂")
    with office.twin.database.transaction(office.officer.settings()) as connection:
        from dataclasses import replace

        store.change_subscription(connection, replace(office.get(paused), paused_at=None))

    wait_until(other_receiver.taken)
    assert [event["name"] for event in other_receiver.taken()] == ["甲厂"]
    assert receiver.got() == []


def test_throttling_gathers_what_happens_meanwhile(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url, pace=Pace(throttling_s=1.5))
    office.serve()

    office.firm("第一")
    wait_until(receiver.taken)
    for name in ("第二", "第三", "第四"):
        office.firm(name)

    wait_until(lambda: len(receiver.taken()) == 4)
    assert len(receiver.got()) == 2


def test_a_load_of_many_bodies_comes_in_pieces_and_whole(
    office: Office, receiver: Receiver
) -> None:
    office.subscribe(receiver.url)
    office.serve()

    with office.twin.change(office.officer, reason="装载", source="register") as changes:
        for number in range(650):
            firm = Subject("Company", (("company_name", f"第{number}厂"),))
            changes.say(firm, "name", Value(text=f"第{number}厂"))

    wait_until(lambda: len(receiver.taken()) >= 650)
    assert len({event["body"] for event in receiver.taken()}) == 650
    assert max(len(json.loads(m["body"])["events"]) for m in receiver.got()) == 100


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_inner_address_is_refused_until_it_is_opened(
    host: str, office: Office, receiver: Receiver
) -> None:
    number = office.subscribe(f"http://{host}:{receiver.port}/hook")
    office.serve(networks=())

    office.firm("甲厂")
    wait_until(lambda: office.get(number).progress.failures >= 1)
    assert "内部地址" in (office.get(number).progress.last_error or {})["zh"]
    assert receiver.got() == []
    with office.twin.database.transaction(office.officer.settings()) as connection:
        store.set_networks(connection, office.officer.tenant, None, soon(),
                           ["127.0.0.0/8", "::1/128"])  # fmt: skip
    wait_until(lambda: office.get(number).progress.failures == 0 or bool(receiver.taken()), 30)


def test_a_test_message_says_what_came_of_it(office: Office, receiver: Receiver) -> None:
    good = office.subscribe(receiver.url)
    bad = office.subscribe(f"http://127.0.0.1:{free_port()}/")
    deliverer = office.serve()

    outcomes = [deliverer.send_test(office.officer.tenant, n).outcome for n in (good, bad)]

    assert outcomes == ["test_sent", "test_failed"]
    assert json.loads(receiver.got()[0]["body"])["test"] is True


def test_a_stream_is_left_to_who_fetches_it(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    deliverer = office.serve()
    wait_until(lambda: deliverer.post == "held")
    fetched = office.subscribe("", channel="stream")

    office.firm("甲厂")

    wait_until(receiver.taken)
    assert office.get(fetched).progress.times_sent == 0
    assert deliverer.is_well()


def test_a_second_deliverer_stands_by(office: Office, receiver: Receiver) -> None:
    office.subscribe(receiver.url)
    first = office.serve()
    wait_until(lambda: first.post == "held")
    second = office.serve()
    wait_until(lambda: second.post == "elsewhere")

    office.firm("甲厂")

    wait_until(receiver.taken)
    assert len(receiver.got()) == 1


def test_what_is_recorded_of_a_merged_firm_is_told_of_the_one_it_is_shown_as(
    office: Office, receiver: Receiver
) -> None:
    with office.twin.change(office.officer, reason="登记", source="register") as changes:
        one, other = (changes.body("Company", ("company_name", f"{n}厂")) for n in "甲乙")
        changes.say(one, "name", Value(text="甲厂"))
    with office.twin.change(office.officer, reason="裁决", source="register") as changes:
        write_rulings(changes, {(one, other): "same"}, {}, "同一家")
    office.subscribe(receiver.url, wanted=Wanted(bodies=(one,), attributes=("region",)))
    office.serve()

    with office.twin.change(office.officer, reason="登记", source="register") as changes:
        changes.say(other, "region", Value(text="220184"))

    wait_until(receiver.taken)
    (event,) = receiver.taken()
    with office.twin.view(office.officer) as view:
        assert event["body"] == view.get(other).code
    assert event["name"] == "甲厂"
