"""Trials: whether a connection can be read, before anything relies on it. No values come back."""

from __future__ import annotations

from typing import Literal

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field

from lambdas.api.connection_models import ConnectionName, NewConnection
from lambdas.api.routing import Answers, Resource, answer
from sluice.errors import ConfigurationInvalid
from sluice.usecases.access.trying import Trial, try_given, try_stored

resource = Resource("connections")


class StreamTrialModel(BaseModel):
    """What came of one stream. Vendors' words are in it."""

    stream: str
    outcome: Literal["read", "waits", "failed", "left"] = Field(
        description="`waits`: the ERP or its limit asks for patience. `left`: not tried; the cause says why."
    )
    records: int = Field(description="How many came; one is asked for where the ERP lets us say how many.")
    fields: list[str] = Field(description="Names of what the first record has.")
    error: str = Field(description="The stable name of what failed; else empty.")
    cause: str = Field(description="What failed, in words.")
    advice: str = Field(description="What a person should do about it.")


class TrialModel(BaseModel):
    """Whether a connection can be read."""

    fine: bool = Field(description="Whether something was read, and nothing failed.")
    requests: int = Field(description="How many requests it took.")
    streams: list[StreamTrialModel]


@resource.operation(
    "POST /connections/test", "Test a connection that is not stored", Answers(TrialModel), has_body=True
)
def try_new(wanted: NewConnection) -> Response[str]:
    """Log in with the secrets in the request, ask for a record of each stream, and keep nothing.

    Secrets that are stored are not used. It takes up to 20 seconds, and counts in the connector's limits.
    """
    connection, secrets = wanted.connection(wanted.name), wanted.secret_texts()
    faults = resource.desk.faults(connection, secrets)
    if faults:
        raise ConfigurationInvalid(f"connection {wanted.name}", faults)
    return _told(try_given(resource.world, connection, secrets))


@resource.operation(
    "POST /connections/{name}/test", "Test a connection", Answers(TrialModel, problems=(404,))
)
def try_known(name: ConnectionName) -> Response[str]:
    """Log in as its runs do, and ask for a record of each stream; nothing is handed on.

    It takes up to 20 seconds, and counts in the connector's limits.
    """
    resource.require_connection(name)
    return _told(try_stored(resource.world, name))


def _told(trial: Trial) -> Response[str]:
    streams = [
        StreamTrialModel(
            stream=one.stream,
            outcome=one.outcome,
            records=one.records,
            fields=list(one.fields),
            error=one.error,
            cause=one.cause,
            advice=one.advice,
        )
        for one in trial.streams
    ]
    return answer(TrialModel(fine=trial.fine, requests=trial.requests, streams=streams))
