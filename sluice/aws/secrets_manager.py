"""Secrets on Secrets Manager: one secret a bundle, a JSON object of texts, named <prefix>/<name>.

Nothing is cached, and no text of a bundle ever enters an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from sluice.aws.client_error import code_of, was_sent_before
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_ABSENT = "ResourceNotFoundException"
_MARKED_FOR_DELETION = "InvalidRequestException"
_UNREADABLE = frozenset({"AccessDeniedException", "DecryptionFailure"})
_AT_ONCE = 20
"""Secrets that one request may name (Secrets Manager API Reference, BatchGetSecretValue, read 2026-11-22)."""


class SecretsManager:
    """The bundles below ``prefix``.

    A deleted bundle can be had back for ``recovery_days`` (7..30) by putting it again; None deletes at
    once and for good.
    """

    def __init__(self, client: SecretsManagerClient, prefix: str, recovery_days: int | None = 7) -> None:
        self._client = client
        self._prefix = prefix
        self._recovery_days = recovery_days

    def get(self, name: str) -> dict[str, Secret]:
        """Return the bundle; raises SecretNotFound, ConfigurationInvalid where it cannot be read."""
        try:
            reply = self._client.get_secret_value(SecretId=self._id(name))
        except ClientError as error:
            if code_of(error) in (_ABSENT, _MARKED_FOR_DELETION):
                raise SecretNotFound(name) from error
            if code_of(error) in _UNREADABLE:
                raise self._unreadable(name, code_of(error)) from error
            raise
        return self._bundle(name, reply.get("SecretString", ""))

    def get_many(self, names: Iterable[str]) -> dict[str, dict[str, Secret]]:
        """Return those of the bundles that are there, by name; raises as get does for one that is."""
        left = iter(dict.fromkeys(names))
        found: dict[str, dict[str, Secret]] = {}
        while named := {self._id(name): name for name in islice(left, _AT_ONCE)}:
            reply = self._client.batch_get_secret_value(SecretIdList=list(named))
            # The call itself succeeds, whatever became of the single secrets.
            for refused in reply.get("Errors", ()):
                self._check(named[refused.get("SecretId", "")], refused.get("ErrorCode", ""))
            for one in reply.get("SecretValues", ()):
                name = named[one["Name"]]
                found[name] = self._bundle(name, one.get("SecretString", ""))
        return found

    def put(self, name: str, bundle: Mapping[str, Secret]) -> None:
        """Store the bundle, replacing the one of that name; one marked for deletion is restored first."""
        text = json.dumps({key: secret.reveal() for key, secret in bundle.items()})
        try:
            self._client.put_secret_value(SecretId=self._id(name), SecretString=text)
        except ClientError as error:
            if code_of(error) == _ABSENT:
                self._create(name, text)
            elif code_of(error) == _MARKED_FOR_DELETION:
                self._restore(name)
                self._client.put_secret_value(SecretId=self._id(name), SecretString=text)
            else:
                raise

    def delete(self, name: str) -> None:
        """Remove the bundle; no error where there is none."""
        try:
            if self._recovery_days is None:
                self._client.delete_secret(SecretId=self._id(name), ForceDeleteWithoutRecovery=True)
            else:
                self._client.delete_secret(SecretId=self._id(name), RecoveryWindowInDays=self._recovery_days)
        except ClientError as error:
            if code_of(error) not in (_ABSENT, _MARKED_FOR_DELETION):
                raise

    def _create(self, name: str, text: str) -> None:
        try:
            self._client.create_secret(Name=self._id(name), SecretString=text)
        except ClientError as error:
            if code_of(error) != "ResourceExistsException":
                raise
            # Someone created it since we looked: the later put wins.
            self._client.put_secret_value(SecretId=self._id(name), SecretString=text)

    def _restore(self, name: str) -> None:
        try:
            self._client.restore_secret(SecretId=self._id(name))
        except ClientError as error:
            # It is not marked any more: an earlier try, whose answer was lost, has restored it.
            if code_of(error) != _MARKED_FOR_DELETION or not was_sent_before(error):
                raise

    def _id(self, name: str) -> str:
        return f"{self._prefix}/{name}"

    def _bundle(self, name: str, text: str) -> dict[str, Secret]:
        try:
            found = json.loads(text)
        except ValueError:
            # Not chained: the parser's error holds the text.
            found = None
        if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
            raise self._invalid(name, "it is not a JSON object of texts: put it again")
        return {key: Secret(value) for key, value in found.items()}

    def _check(self, name: str, code: str) -> None:
        """Raise unless the code only says that there is no such secret."""
        if code in _UNREADABLE:
            raise self._unreadable(name, code)
        if code not in (_ABSENT, _MARKED_FOR_DELETION):
            raise ClientError({"Error": {"Code": code, "Message": self._id(name)}}, "BatchGetSecretValue")

    def _unreadable(self, name: str, code: str) -> ConfigurationInvalid:
        return self._invalid(name, f"Sluice may not read it ({code}): allow its role to")

    def _invalid(self, name: str, message: str) -> ConfigurationInvalid:
        fault = Fault(code="secret_unreadable", pointer="", message=message, source=self._id(name))
        return ConfigurationInvalid("A secret cannot be used", [fault])
