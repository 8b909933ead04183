"""Notifications over real HTTP to receivers that fail first, and over mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.messages.notification import Notice
from sluice.registry.telling.deliveries import MOST_IN_WINDOW, WINDOW
from sluice.usecases.telling.people.deliver import LAST_TRY, WAITS
from sluice.usecases.telling.people.subscribing import (
    pause_subscription,
    remove_subscription,
    rotate_signing_key,
)
from tests.unit.usecases.telling.office import Office, office
from tests.unit.usecases.telling.receiver import Answer, Received, receiving

LONG = 50_000
"""Seconds in which every wait is over."""


@pytest.fixture
def here() -> Iterator[Office]:
    with office() as found:
        yield found


def is_signed_by(received: Received, key: str) -> bool:
    """Verify as a receiver would, without any code of ours."""
    headers = received.headers
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    secret = base64.b64decode(key.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_a_webhook_gets_the_signed_event_once(here: Office) -> None:
    with receiving() as receiver:
        key = here.add("ops", "webhook", receiver.url)
        here.tell()
        here.tell()  # the topic delivers at least once
        here.work()
        [received] = receiver.received
    assert key is not None
    event = json.loads(received.body)
    assert (event["type"], event["connection"], event["severity"]) == ("stream.held", "acme", "error")
    assert is_signed_by(received, key.reveal())
    assert not is_signed_by(received, "whsec_" + base64.b64encode(b"x" * 32).decode())
    assert received.headers["webhook-timestamp"] == str(int(here.rig.clock.now().timestamp()))
    assert here.state("ops")["state"] == "active"


@pytest.mark.parametrize("channel", ["webhook", "slack", "teams"])
def test_a_receiver_that_fails_first_gets_it_after_growing_waits(here: Office, channel: str) -> None:
    with receiving(Answer(500), Answer(503), Answer(302, {"location": "http://127.0.0.1:9/"})) as receiver:
        here.add("ops", channel, receiver.url)
        here.tell()
        here.work()
        assert len(receiver.received) == 1
        assert (here.state("ops")["state"], here.state("ops")["last_error"]) == (
            "failing",
            "the receiver answered 500",
        )
        for wait in WAITS[:3]:
            assert here.pass_time(wait * 0.9) == 0
            assert here.pass_time(wait * 0.4) == 1
        assert len(receiver.received) == 4
        assert here.pass_time(LONG) == 0
    assert (here.state("ops")["state"], here.state("ops")["failing_since"]) == ("active", None)
    ids = {found.headers.get("webhook-id") for found in receiver.received}
    assert len(ids) == 1
    assert (None in ids) is (channel != "webhook")


def test_one_that_fails_makes_nobody_wait_and_nobody_gets_it_again(here: Office) -> None:
    with receiving(*[Answer(500)] * 3) as bad, receiving() as good:
        here.add("bad", "webhook", bad.url)
        here.add("good", "webhook", good.url)
        here.add("mail", "email", "ops@example.com")
        here.tell()
        here.work()
        assert (len(good.received), len(here.mailer.mails)) == (1, 1)
        for _ in range(4):
            here.pass_time(LONG)
        assert (len(bad.received), len(good.received), len(here.mailer.mails)) == (4, 1, 1)


def test_one_that_hangs_is_cut_off_and_tried_again() -> None:
    with office(seconds=0.3) as here, receiving(Answer(seconds=1.5)) as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell()
        here.work()
        assert "no complete reply within 0.3 s" in here.state("ops")["last_error"]
        assert receiver.url not in here.state("ops")["last_error"]
        here.pass_time(40)
        assert here.state("ops")["state"] == "active"


def test_retry_after_is_waited_for(here: Office) -> None:
    moment = format_datetime(here.rig.clock.now() + timedelta(hours=5))
    refusals = [Answer(429, {"retry-after": "7200"}), Answer(503, {"retry-after": moment})]
    with receiving(*refusals) as receiver:
        here.add("ops", "slack", receiver.url)
        here.tell()
        here.work()
        assert here.pass_time(7_100) == 0
        assert here.pass_time(120) == 1
        assert here.pass_time(3 * 3600 - 300) == 0
        assert here.pass_time(400) == 1
        assert here.state("ops")["state"] == "active"


def test_after_a_day_it_is_a_dead_letter_and_the_subscription_says_so(here: Office) -> None:
    with receiving(*[Answer(500)] * 50) as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell()
        here.work()
        for wait in WAITS:
            here.pass_time(wait * 1.2)
        here.work()
        assert len(receiver.received) == LAST_TRY
        assert here.pass_time(LONG) == 0
    assert len(here.dead) == 1
    assert json.loads(here.dead[0])["subscription"] == "ops"
    assert (here.state("ops")["state"], here.state("ops")["given_up"]) == ("failing", 1)
    assert 20 * 3600 < sum(WAITS) < 26 * 3600


def test_410_disables_the_subscription_until_it_is_resumed(here: Office) -> None:
    with receiving(Answer(410)) as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell()
        here.work()
        here.tell(run="run-2")
        here.pass_time(LONG)
        assert len(receiver.received) == 1
        assert here.state("ops")["state"] == "disabled"
        pause_subscription(here.outbox.world, "ops", paused=False)
        here.tell(run="run-3")
        here.work()
        assert len(receiver.received) == 2


def test_nothing_is_sent_to_a_private_address(here: Office) -> None:
    for host in ("10.0.0.1", "169.254.169.254", "[fd00::1]", "2852039166", "erp.internal", "a.example:22"):
        with pytest.raises(ConfigurationInvalid, match="bad_url"):
            here.add("ops", "webhook", f"https://{host}/x")


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> None:
        raise Died

    with receiving() as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell()
        with monkeypatch.context() as patched:
            patched.setattr("sluice.registry.telling.deliveries.Deliveries.done", die)
            with pytest.raises(Died):
                here.work()
        for _ in range(4):
            here.pass_time(200)
        first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_both_keys_sign_for_a_day_after_a_rotation(here: Office) -> None:
    with receiving() as receiver:
        old = here.add("ops", "webhook", receiver.url)
        new = rotate_signing_key(here.outbox.world, "ops")
        here.tell()
        here.work()
        here.rig.clock.advance(25 * 3600)
        here.tell(run="run-2")
        here.work()
        first, second = receiver.received
    assert old is not None
    assert is_signed_by(first, old.reveal())
    assert is_signed_by(first, new.reveal())
    assert is_signed_by(second, new.reveal())
    assert not is_signed_by(second, old.reveal())


def test_who_wants_what_gets_that(here: Office) -> None:
    here.add("all", "email", "all@example.com", severities=("info", "warning", "error"))
    here.add("errors", "email", "errors@example.com", severities=("error",))
    here.add("runs", "email", "runs@example.com", kinds=("run.*",), severities=("info",))
    here.add("north", "email", "north@example.com", connections=("north-*", "acme"))
    here.add("paused", "email", "paused@example.com")
    pause_subscription(here.outbox.world, "paused", paused=True)
    here.tell(Notice.STREAM_HELD)
    here.tell(Notice.RUN_FINISHED, connection="north-1")
    here.tell(Notice.API_CHANGED, connection="north-2")
    here.work()
    got = sorted(mail.to.partition("@")[0] for mail in here.mailer.mails)
    assert got == ["all", "all", "all", "errors", "north", "north", "runs"]


def test_mail_that_is_not_taken_is_tried_again(here: Office) -> None:
    here.mailer.failures = 2
    here.add("ops", "email", "ops@example.com")
    here.tell()
    here.work()
    assert here.state("ops")["last_error"] == "the post office is closed"
    here.pass_time(LONG)
    here.pass_time(LONG)
    [mail] = here.mailer.mails
    assert (mail.to, mail.subject) == ("ops@example.com", "[Sluice] Error: acme/customer: held")
    assert "https://console.example/connections/acme" in mail.text


def test_a_notification_that_fits_no_job_is_shortened(here: Office) -> None:
    with receiving() as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell(detail="d" * 50_000, facts={"change": {"evidence": "e" * 190_000}})
        here.work()
        [received] = receiver.received
    told = json.loads(received.body)["data"]
    assert len(received.body) < 30_000
    assert (told["title"], told["shortened"], len(told["detail"])) == ("acme/customer: held", True, 10_000)
    assert "change" not in told


def test_a_subscription_that_is_removed_gets_nothing_any_more(here: Office) -> None:
    with receiving(Answer(500)) as receiver:
        here.add("ops", "webhook", receiver.url)
        here.tell()
        here.work()
        remove_subscription(here.outbox.world, "ops")
        here.pass_time(LONG)
        assert len(receiver.received) == 1
    assert here.queue.depth() == 0


def test_a_storm_becomes_one_message(here: Office) -> None:
    with receiving() as receiver:
        here.add("ops", "webhook", receiver.url)
        for number in range(MOST_IN_WINDOW + 37):
            here.tell(run=f"run-{number}", connection="acme" if number % 2 else "north")
        here.work()
        assert len(receiver.received) == MOST_IN_WINDOW
        here.pass_time(WINDOW)
        [last] = receiver.received[MOST_IN_WINDOW:]
        event = json.loads(last.body)
        assert event["data"]["title"] == "and 37 more notifications"
        assert sum(event["data"]["connections"].values()) == 37
        here.tell(run="later")
        here.pass_time(WINDOW)
        assert len(receiver.received) == MOST_IN_WINDOW + 2
        assert here.pass_time(LONG) == 0


def test_an_incident_is_told_once_and_its_end_once_to_whom_it_was_for(here: Office) -> None:
    here.add("errors", "email", "errors@example.com", severities=("error",))
    here.add("runs", "email", "runs@example.com", kinds=("run.*",))
    rig = here.rig
    for key in range(1, 61):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.run()
    rig.erp.key = "another-key"
    for _ in range(3):
        rig.run()
    rig.erp.key = "canary-key"
    for _ in range(3):
        rig.run()
    here.work()
    mails = [mail for mail in here.mailer.mails if mail.to == "errors@example.com"]
    assert [mail.subject for mail in mails] == [
        "[Sluice] Error: acme: the ERP refuses our credentials",
        "Re: [Sluice] Resolved: acme: the ERP refuses our credentials",
    ]
    assert mails[0].headers["References"] == mails[1].headers["References"]
    assert [mail for mail in here.mailer.mails if mail.to == "runs@example.com"] == []
