"""Connections as the API takes and gives them. A secret comes in, and never goes out."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, SecretStr

from lambdas.api.paging import Next
from lambdas.api.problems import FaultModel
from sluice.model.connection import Connection
from sluice.model.item_value import plain_copy
from sluice.model.secret import Secret

NAME = r"^[a-z][a-z0-9-]{1,39}$"
CONNECTOR = r"^[a-z][a-z0-9_]{0,39}$"
EXAMPLE: dict[str, JsonValue] = {
    "connector": "tripletex",
    "settings": {},
    "secrets": {"consumer_token": "...", "employee_token": "..."},
    "schedule": "rate(1 hour)",
}
STREAM = r"^[a-z][a-z0-9_]{0,63}$"
ConnectionName = Annotated[str, Path(pattern=NAME, description="The connection's name.", examples=["acme"])]
_CODE = r"^[A-Z0-9]{1,10}$"
_FAR = 2**53
"""As far as a form's numbers go."""
_WORD = r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$"


def _storable(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return settings without floats: 30.0 is 30, and what has decimals can be stored nowhere."""
    found: dict[str, JsonValue] = plain_copy(_whole(settings))
    return found


def _whole(value: Any) -> Any:
    if isinstance(value, float):
        if not value.is_integer():
            raise ValueError(f"{value} has decimals; right would be a whole number, or a text")
        return Decimal(int(value))
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value


Settings = Annotated[dict[str, JsonValue], AfterValidator(_storable), Field(max_length=50)]
Secrets = Annotated[
    dict[Annotated[str, Field(pattern=_WORD)], Annotated[SecretStr, Field(max_length=20_000)]],
    Field(max_length=20),
]


class ConnectionSettings(BaseModel):
    """What a connection is, but for its name: settings, secrets, streams, when it runs."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    connector: Annotated[str, Field(pattern=CONNECTOR)]
    settings: Settings = Field(default_factory=dict, description="By the connector's settings schema.")
    secrets: Secrets = Field(
        default_factory=dict,
        description="Kept in the secret store only. Where one is replaced: those that change.",
    )
    streams: (
        Annotated[list[Annotated[str, Field(pattern=STREAM)]], Field(min_length=1, max_length=100)] | None
    ) = Field(default=None, description="Without: every stream of the connector.")
    schedule: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="In UTC: `rate(1 hour)` or `cron(0 5 * * ? *)`. Without: by hand only."
    )
    policy: dict[Annotated[str, Field(pattern=_CODE)], Annotated[str, Field(max_length=20)]] = Field(
        default_factory=dict,
        max_length=200,
        description='What to do about a kind of change: `{"D21": "hold"}`.',
    )
    events_per_message: Annotated[int, Field(ge=1, le=1000)] | None = None

    def connection(self, name: str, *, paused: bool = False) -> Connection:
        """Return it as the use cases know it."""
        return Connection(
            name=name,
            connector=self.connector,
            settings=dict(self.settings),
            streams=tuple(self.streams) if self.streams is not None else None,
            schedule=self.schedule,
            paused=paused,
            policy=dict(self.policy),
            events_per_message=self.events_per_message,
        )

    def secret_texts(self) -> dict[str, Secret]:
        """Return the secrets as the use cases know them."""
        return {name: Secret(text.get_secret_value()) for name, text in self.secrets.items()}


class NewConnection(ConnectionSettings):
    """A connection that is to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "acme", **EXAMPLE}]})

    name: Annotated[str, Field(pattern=NAME, description="2 to 40 of a-z, 0-9 and '-', a letter first.")]


class ConnectionDraft(NewConnection):
    """A connection as it stands in a form: what is wrong with a part of it is told with all the rest."""

    name: Annotated[str, Field(max_length=200)]
    streams: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)] | None = None
    schedule: Annotated[str, Field(max_length=200)] | None = None
    policy: dict[Annotated[str, Field(max_length=20)], Annotated[str, Field(max_length=20)]] = Field(
        default_factory=dict, max_length=200
    )
    events_per_message: Annotated[int, Field(ge=-_FAR, le=_FAR)] | None = None


class ValidationModel(BaseModel):
    """Whether a connection could be stored as it is."""

    valid: bool
    faults: list[FaultModel] = Field(description="All that is wrong; pointers lead into the request.")


class CursorModel(BaseModel):
    """How far a stream has been handed over."""

    watermark: str | None
    committed_at: str | None
    whole_read_at: str | None
    held: str | None = Field(description="The change that holds the stream.")


class ConnectionSummary(BaseModel):
    """A connection in a listing."""

    name: str
    connector: str
    schedule: str | None
    paused: bool
    streams: list[str] | None
    created_at: str = Field(description="ISO 8601 UTC: when it was added, or replaced last.")
    note: str = Field(description="What a person has still to do.")
    next_run: str | None = Field(description="ISO 8601 UTC; of a rate it is not known.")

    @classmethod
    def of(cls, connection: Connection, note: str, next_run: str | None) -> Self:
        """Return a connection as it is listed."""
        known = connection.to_json()
        chosen = {name: known[name] for name in cls.model_fields if name in known}
        return cls(**chosen, note=note, next_run=next_run)


class ConnectionModel(ConnectionSummary):
    """A connection with all that may be known of it: of its secrets the names."""

    settings: dict[str, Any]
    policy: dict[str, str]
    events_per_message: int | None
    secrets: list[str] = Field(description="Names of those that are stored.")
    cursors: dict[str, CursorModel]


class ConnectionPage(BaseModel):
    """A page of connections."""

    items: list[ConnectionSummary]
    next: Next


class RemovedModel(BaseModel):
    """What a removal cut off."""

    run: str | None = Field(description="The run that was under way; its next step ends.")
