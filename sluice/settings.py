"""What the environment says, read once and checked: the only module that looks at os.environ.

Credentials are not here: they are boto3's business (AWS) and the secret store's (ERPs).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.model.egress.networks import Network
from sluice.model.egress.reach import private_networks

LOCAL_STAGE = "local"
DEFAULT_REGION = "eu-north-1"


class LambdaSettings(Struct, frozen=True):
    """What every function is deployed with: the names of the deployment's resources.

    ``networks`` are private ones in which ERPs may be reached; without them only public addresses are.
    ``own_role`` is the ARN of the function's role where it works for one connection at a time, else "".
    """

    stage: str
    bucket: str
    connections_table: str
    state_table: str
    runs_table: str
    information_topic_arn: str
    notification_topic_arn: str
    secrets_prefix: str
    allow_loopback_http: bool = False
    networks: tuple[Network, ...] = ()
    own_role: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> LambdaSettings:
        """Read SLUICE_* variables; raises ConfigurationInvalid that names every one missing or wrong."""
        reading = _Reading(os.environ if environ is None else environ)
        found = cls(
            stage=reading.text("SLUICE_STAGE"),
            bucket=reading.text("SLUICE_BUCKET"),
            connections_table=reading.text("SLUICE_CONNECTIONS_TABLE"),
            state_table=reading.text("SLUICE_STATE_TABLE"),
            runs_table=reading.text("SLUICE_RUNS_TABLE"),
            information_topic_arn=reading.text("SLUICE_INFORMATION_TOPIC_ARN"),
            notification_topic_arn=reading.text("SLUICE_NOTIFICATION_TOPIC_ARN"),
            secrets_prefix=reading.text("SLUICE_SECRETS_PREFIX"),
            allow_loopback_http=reading.flag("SLUICE_ALLOW_LOOPBACK_HTTP"),
            networks=reading.networks("SLUICE_PRIVATE_NETWORKS"),
            own_role=reading.optional("SLUICE_OWN_ROLE"),
        )
        reading.check("The function's environment is incomplete")
        return found


class CommandLineSettings(Struct, frozen=True):
    """Which deployment the command line speaks to, and where it keeps its own files.

    ``home`` is an absolute folder (the embedded AWS's state, logs); ``endpoint`` is AWS_ENDPOINT_URL,
    None for AWS itself or for the embedded AWS that ``home`` knows of.
    """

    home: Path
    stage: str
    region: str
    endpoint: str | None

    @property
    def is_local(self) -> bool:
        """Whether the deployment is the one on this machine."""
        return self.stage == LOCAL_STAGE

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> CommandLineSettings:
        """Read SLUICE_HOME (default ``.sluice`` in ``folder``, the current one), SLUICE_STAGE, AWS_*."""
        given = os.environ if environ is None else environ
        home = Path(given.get("SLUICE_HOME") or ".sluice").expanduser()
        return cls(
            home=(folder or Path.cwd()) / home,
            stage=given.get("SLUICE_STAGE") or LOCAL_STAGE,
            region=given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION") or DEFAULT_REGION,
            endpoint=given.get("AWS_ENDPOINT_URL") or None,
        )


class ApiSettings(Struct, frozen=True):
    """What the API's function is deployed with beside the others': what it and its schedules start.

    ``mail_from`` and ``console_url`` are as in DeliverySettings.
    """

    sync_arn: str
    replay_arn: str
    backfill_arn: str
    schedule_group: str
    scheduler_role_arn: str
    triggers_dead_letters_arn: str
    queue_urls: tuple[str, ...]
    mail_from: str
    console_url: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> ApiSettings:
        """Read SLUICE_* variables; raises ConfigurationInvalid that names every one missing."""
        reading = _Reading(os.environ if environ is None else environ)
        found = cls(
            sync_arn=reading.text("SLUICE_SYNC_ARN"),
            replay_arn=reading.text("SLUICE_REPLAY_ARN"),
            backfill_arn=reading.text("SLUICE_BACKFILL_ARN"),
            schedule_group=reading.text("SLUICE_SCHEDULE_GROUP"),
            scheduler_role_arn=reading.text("SLUICE_SCHEDULER_ROLE_ARN"),
            triggers_dead_letters_arn=reading.text("SLUICE_TRIGGERS_DEAD_LETTERS_ARN"),
            queue_urls=tuple(reading.text("SLUICE_QUEUE_URLS").split()),
            mail_from=reading.text("SLUICE_MAIL_FROM"),
            console_url=reading.text("SLUICE_CONSOLE_URL"),
        )
        reading.check("The API's environment is incomplete")
        return found


class FetchSettings(Struct, frozen=True):
    """What FetchPages may be told beside the others'.

    ``history_events`` is what the streams of an execution may write into its history; None: what AWS allows.
    With it a small run goes on as another, to be looked at; no stage is deployed with it.
    """

    history_events: int | None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> FetchSettings:
        """Read SLUICE_HISTORY_EVENTS; raises ConfigurationInvalid where it is no whole number above 0."""
        reading = _Reading(os.environ if environ is None else environ)
        found = reading.count("SLUICE_HISTORY_EVENTS")
        reading.check("The environment of FetchPages is wrong")
        return cls(found)


class UsageSettings(Struct, frozen=True):
    """What KeepUsage is deployed with beside the others': the state machines whose ends it hears of."""

    sync_arn: str
    replay_arn: str
    backfill_arn: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> UsageSettings:
        """Read SLUICE_* variables; raises ConfigurationInvalid that names every one missing."""
        reading = _Reading(os.environ if environ is None else environ)
        sync_arn, replay_arn = reading.text("SLUICE_SYNC_ARN"), reading.text("SLUICE_REPLAY_ARN")
        backfill_arn = reading.text("SLUICE_BACKFILL_ARN")
        reading.check("The environment of KeepUsage is incomplete")
        return cls(sync_arn, replay_arn, backfill_arn)


class DeliverySettings(Struct, frozen=True):
    """What DeliverNotification is deployed with beside the others'.

    ``mail_from`` is the address that mail comes from; ``console_url`` is the console's origin.
    """

    queue_url: str
    mail_from: str
    console_url: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> DeliverySettings:
        """Read SLUICE_* variables; raises ConfigurationInvalid that names every one missing."""
        reading = _Reading(os.environ if environ is None else environ)
        queue_url, mail_from = reading.text("SLUICE_DELIVERY_QUEUE_URL"), reading.text("SLUICE_MAIL_FROM")
        console = reading.text("SLUICE_CONSOLE_URL")
        reading.check("The environment of DeliverNotification is incomplete")
        return cls(queue_url, mail_from, console)


def own_networks(environ: Mapping[str, str] | None = None) -> tuple[Network, ...]:
    """Return the private networks in which ERPs may be reached; raises ConfigurationInvalid.

    SLUICE_PRIVATE_NETWORKS, for what runs on a person's own machine, too.
    """
    reading = _Reading(os.environ if environ is None else environ)
    found = reading.networks("SLUICE_PRIVATE_NETWORKS")
    reading.check("The environment names a wrong network")
    return found


def is_traced(environ: Mapping[str, str] | None = None) -> bool:
    """Return whether functions tell X-Ray what they do; Powertools reads the same variable."""
    given = os.environ if environ is None else environ
    return given.get("POWERTOOLS_TRACE_DISABLED", "false").lower() not in ("true", "1")


def child_environment(**added: str) -> dict[str, str]:
    """Return the environment of a program that we start: this process's, without AWS_*, and ``added``.

    A person's AWS profile and credentials never reach the embedded AWS or what deploys to it.
    """
    return {name: text for name, text in os.environ.items() if not name.startswith("AWS_")} | added


class _Reading:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._faults: list[Fault] = []

    def text(self, name: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value:
            self._fault("setting_missing", name, "is not set; serverless.yml gives it to every function")
        return value

    def optional(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def flag(self, name: str) -> bool:
        value = self._environ.get(name, "false").strip().lower()
        if value not in ("true", "false"):
            self._fault("not_a_boolean", name, f"is {value[:20]!r}; right would be true or false")
        return value == "true"

    def count(self, name: str) -> int | None:
        value = self._environ.get(name, "").strip()
        if not value:
            return None
        if not value.isdecimal() or not int(value):
            self._fault("not_a_count", name, f"is {value[:20]!r}; right would be a whole number above 0")
            return None
        return int(value)

    def networks(self, name: str) -> tuple[Network, ...]:
        try:
            return private_networks(self._environ.get(name, "none"))
        except ValueError as wrong:
            self._fault("bad_network", name, f"is wrong: {wrong}")
            return ()

    def check(self, message: str) -> None:
        if self._faults:
            raise ConfigurationInvalid(message, self._faults)

    def _fault(self, code: str, name: str, message: str) -> None:
        self._faults.append(Fault(code, pointer_of(name), f"{name} {message}", source="environment"))
