"""Subscriptions: what is refused, what is shown, and what is secret."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound
from sluice.ports.table import Conflict
from sluice.registry.telling.subscriptions import Channel
from sluice.usecases.telling.people.secrets import secret_name
from sluice.usecases.telling.people.subscribing import (
    Wanted,
    add_subscription,
    etag_of,
    pause_subscription,
    remove_subscription,
    rotate_signing_key,
)
from tests.unit.usecases.telling.office import Office, office

SLACK = "https://hooks.slack.com/services/T000/B000/canarysecretWXYZ"


@pytest.fixture
def here() -> Iterator[Office]:
    with office() as found:
        yield found


def test_a_url_is_in_the_secret_store_only(here: Office) -> None:
    here.add("ops", "slack", SLACK)
    told = json.dumps(here.state("ops"))
    assert here.state("ops")["target"] == "hooks.slack.com ...WXYZ"
    stored = json.dumps([item.value for item in here.outbox.world.state.query("subscription")])
    audited = json.dumps([entry.to_json() for entry in here.outbox.world.audit.all()])
    for text in (told, stored, audited):
        assert "canarysecret" not in text
    assert here.outbox.world.secrets.get(secret_name("ops"))["url"].reveal() == SLACK


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "Ops!"}, "bad_name"),
        ({"target": "http://example.com/x"}, "bad_url"),
        ({"target": "https://user:word@example.com/"}, "bad_url"),
        ({"target": "ftp://example.com/"}, "bad_url"),
        ({"target": "https://[::1"}, "bad_url"),
        ({"target": "https://example.com/\r\nx: y"}, "bad_url"),
        ({"channel": Channel.EMAIL, "target": "ops@example.com\r\nBcc: all@example.com"}, "bad_address"),
        ({"channel": Channel.EMAIL, "target": "a@b.no, c@d.no"}, "bad_address"),
        ({"severities": ("fatal",)}, "bad_severity"),
        ({"kinds": ("stream.hold",)}, "bad_kind"),
        ({"connections": ("a b",)}, "bad_connection"),
        ({"key": Secret("whsec_canary")}, "bad_key"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    here: Office, given: dict[str, object], code: str
) -> None:
    wanted = {"name": "ops", "channel": Channel.WEBHOOK, "target": "https://example.com/hook", **given}
    wanted["target"] = Secret(str(wanted["target"]))
    with pytest.raises(ConfigurationInvalid) as caught:
        add_subscription(here.outbox.world, Wanted(**wanted))  # type: ignore[arg-type]
    assert [fault.code for fault in caught.value.faults] == [code]
    assert "canary" not in str(caught.value)
    assert list(here.outbox.subscriptions.all()) == []


def test_a_name_is_taken_once_and_free_after_it_is_removed(here: Office) -> None:
    here.add("ops", "webhook", "https://example.com/hook")
    with pytest.raises(ConfigurationInvalid, match="exists"):
        here.add("ops", "email", "ops@example.com")
    remove_subscription(here.outbox.world, "ops")
    with pytest.raises(SecretNotFound):
        here.outbox.world.secrets.get(secret_name("ops"))
    here.add("ops", "email", "ops@example.com")
    with pytest.raises(ConfigurationInvalid, match="only webhooks are signed"):
        rotate_signing_key(here.outbox.world, "ops")
    with pytest.raises(ConfigurationInvalid, match="there are: ops"):
        remove_subscription(here.outbox.world, "night")


def test_only_who_saw_the_state_changes_it_where_that_is_asked(here: Office) -> None:
    here.add("ops", "email", "ops@example.com")
    seen = etag_of(here.outbox.subscriptions.get("ops"))
    here.tell()
    here.work()
    assert etag_of(here.outbox.subscriptions.get("ops")) == seen
    pause_subscription(here.outbox.world, "ops", paused=True, if_match=seen)
    with pytest.raises(Conflict):
        pause_subscription(here.outbox.world, "ops", paused=False, if_match=seen)
    assert here.state("ops")["state"] == "paused"


def test_what_people_did_is_in_the_audit(here: Office) -> None:
    here.add("ops", "webhook", "https://example.com/hook")
    rotate_signing_key(here.outbox.world, "ops")
    remove_subscription(here.outbox.world, "ops")
    found = {entry.action for entry in here.outbox.world.audit.all() if entry.target == "ops"}
    assert found == {"notifications.add", "notifications.rotate", "notifications.remove"}
