"""Subscriptions: who is told when something needs a person. Addresses with secrets never go out."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from lambdas.api.etags import IfMatch, must_match
from lambdas.api.paging import USUAL, Cursor, Limit, Next, after_of, part_of
from lambdas.api.problems import not_found
from lambdas.api.routing import Answers, Resource, answer
from sluice.model.secret import Secret
from sluice.registry.telling.subscriptions import Channel, Subscription, Subscriptions
from sluice.usecases.telling.people.changing import Change, change_subscription
from sluice.usecases.telling.people.subscribing import (
    SEVERITIES,
    Wanted,
    add_subscription,
    etag_of,
    remove_subscription,
    rotate_signing_key,
    shown,
    try_subscription,
)

resource = Resource("subscriptions")

_NAME = r"^[a-z][a-z0-9_-]{0,39}$"
_PATTERN = r"^[A-Za-z0-9_.*?-]{1,80}$"
_EXAMPLE: dict[str, Any] = {
    "name": "night",
    "channel": "email",
    "target": "ops@example.com",
    "severities": ["error"],
    "kinds": [],
    "connections": ["north-*"],
}

Name = Annotated[str, Path(pattern=_NAME, description="The subscription's name.", examples=["night"])]
Target = Annotated[SecretStr, Field(max_length=2000)]
# Patterns are documented only: faults_of says in words what would be right, of all fields at once.
_Told = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": _PATTERN})]
Patterns = Annotated[list[_Told], Field(max_length=50)]
_Severity = Annotated[str, Field(max_length=200, json_schema_extra={"enum": list(SEVERITIES)})]
Severities = Annotated[
    list[_Severity],
    Field(max_length=3, description="Of these: info, warning, error. Empty: warning and error."),
]


class About(BaseModel):
    """What a subscription is about. An empty list is all there are, of severities warning and error."""

    model_config = ConfigDict(extra="forbid")

    severities: Severities = Field(default_factory=list)
    kinds: Patterns = Field(default_factory=list, description="Such as stream.held, or `run.*`.")
    connections: Patterns = Field(default_factory=list, description="Names, or patterns such as `acme-*`.")


class NewSubscription(About):
    """A subscription that is to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Annotated[str, Field(max_length=200, json_schema_extra={"pattern": _NAME})]
    channel: Channel
    target: Target = Field(description="The mail address, or the URL. A URL is kept in the secret store.")
    key: Annotated[SecretStr, Field(max_length=200)] | None = Field(
        default=None, description="The signing key (whsec_...) that a webhook's receiver has. Without: made."
    )


class SubscriptionSettings(About):
    """What a subscription becomes. Its channel stays; with another, it is another subscription."""

    target: Target | None = Field(default=None, description="Where it goes from now on. Without: as before.")
    paused: bool = Field(
        default=False,
        description="Nothing is sent. With false it is, also where its receiver had wanted no more.",
    )


class SubscriptionModel(BaseModel):
    """Who is told of what, and how that goes."""

    name: str
    channel: Channel
    target: str = Field(description="The mail address; of a URL its host and last four signs.")
    severities: list[_Severity]
    kinds: list[str]
    connections: list[str]
    paused: bool
    disabled: str = Field(description="Why nothing is sent any more: its receiver said so. Else empty.")
    created_at: str
    state: str = Field(description="active, failing, paused or disabled.")
    failures: int = Field(description="Tries in a row that did not arrive.")
    failing_since: str | None
    last_error: str
    last_sent_at: str | None
    given_up: int = Field(description="Notifications that never arrived.")


class AddedModel(SubscriptionModel):
    """A subscription that was made."""

    signing_key: str | None = Field(description="What webhooks are signed with; told this once. Else null.")


class SubscriptionPage(BaseModel):
    """A page of subscriptions."""

    items: list[SubscriptionModel]
    next: Next


class TriedModel(BaseModel):
    """What became of a message that was sent to try it."""

    arrived: bool
    error: str = Field(description="Why it did not arrive; empty where it did.")


class KeyModel(BaseModel):
    """A new signing key, told this once; the one before signs along for a day."""

    signing_key: str


class ForgottenModel(BaseModel):
    """The subscription that is no more."""

    name: str


_ETAG = {"ETag": "What If-Match takes when it is changed."}
_SHOWN = Answers(SubscriptionModel, headers=_ETAG, problems=(404,))
_ADDED = Answers(
    AddedModel, 201, headers={**_ETAG, "Location": "Where the subscription is."}, problems=(409,)
)
_CHANGED = Answers(SubscriptionModel, headers=_ETAG, problems=(404, 412, 428))


@resource.operation("GET /subscriptions", "List subscriptions", Answers(SubscriptionPage, problems=(400,)))
def list_subscriptions(limit: Limit = USUAL, cursor: Cursor = None) -> Response[str]:
    """Return a page of the subscriptions by name, and how each goes."""
    after = after_of(cursor, "subscriptions")
    known = (one for one in Subscriptions(resource.world.state).all() if one.name > after)
    part = part_of(known, lambda one: one.name, "subscriptions", limit)
    return answer(SubscriptionPage(items=[_model(one) for one in part.items], next=part.next))


@resource.operation("GET /subscriptions/{name}", "Show a subscription", _SHOWN)
def show_subscription(name: Name) -> Response[str]:
    """Return the subscription, and how it goes."""
    return _shown(_known(name))


@resource.operation("POST /subscriptions", "Add a subscription", _ADDED, has_body=True)
def subscribe(wanted: NewSubscription) -> Response[str]:
    """Check everything, then store the subscription. A webhook's signing key is told in this answer only."""
    key = Secret(wanted.key.get_secret_value()) if wanted.key else None
    added, signing = add_subscription(
        resource.world,
        Wanted(
            name=wanted.name,
            channel=wanted.channel,
            target=Secret(wanted.target.get_secret_value()),
            severities=tuple(wanted.severities),
            kinds=tuple(wanted.kinds),
            connections=tuple(wanted.connections),
            key=key,
        ),
    )
    made = signing.reveal() if signing is not None and key is None else None
    model = AddedModel(**_model(added).model_dump(), signing_key=made)
    return answer(model, 201, ETag=_etag(added), Location=f"/subscriptions/{added.name}")


@resource.operation("PUT /subscriptions/{name}", "Change a subscription", _CHANGED, has_body=True)
def replace_subscription(name: Name, wanted: SubscriptionSettings, if_match: IfMatch = None) -> Response[str]:
    """Replace what the subscription is about, where it goes, and whether anything is sent."""
    known = _matching(name, if_match)
    target = Secret(wanted.target.get_secret_value()) if wanted.target else None
    change = Change(
        target, tuple(wanted.severities), tuple(wanted.kinds), tuple(wanted.connections), wanted.paused
    )
    return _shown(change_subscription(resource.world, name, change, if_match=etag_of(known)))


@resource.operation(
    "DELETE /subscriptions/{name}",
    "Remove a subscription",
    Answers(ForgottenModel, problems=(404, 412, 428)),
)
def unsubscribe(name: Name, if_match: IfMatch = None) -> Response[str]:
    """Forget the subscription, its secrets and what was sent to it."""
    _matching(name, if_match)
    remove_subscription(resource.world, name)
    return answer(ForgottenModel(name=name))


@resource.operation(
    "POST /subscriptions/{name}/test", "Send a message to try it", Answers(TriedModel, problems=(404,))
)
def send_test(name: Name) -> Response[str]:
    """Send one message at once, paused or not, and say what the receiver answered; it has 10 seconds."""
    _known(name)
    tried = try_subscription(resource.outbox, name)
    return answer(TriedModel(arrived=not tried.error, error=tried.error))


@resource.operation(
    "POST /subscriptions/{name}/rotate", "Make a new signing key", Answers(KeyModel, problems=(404,))
)
def rotate_key(name: Name) -> Response[str]:
    """Make a new signing key for a webhook; for a day both keys sign."""
    _known(name)
    return answer(KeyModel(signing_key=rotate_signing_key(resource.world, name).reveal()))


def _known(name: str) -> Subscription:
    found = Subscriptions(resource.world.state).find(name)
    if found is None:
        raise not_found("subscription", name)
    return found[0]


def _matching(name: str, if_match: str | None) -> Subscription:
    """Return the subscription if it is the one that the caller has read; raises Problem."""
    known = _known(name)
    must_match(if_match, _etag(known))
    return known


def _shown(subscription: Subscription) -> Response[str]:
    return answer(_model(subscription), ETag=_etag(subscription))


def _model(subscription: Subscription) -> SubscriptionModel:
    return SubscriptionModel(**shown(resource.world, subscription))


def _etag(subscription: Subscription) -> str:
    return f'"{etag_of(subscription)}"'
