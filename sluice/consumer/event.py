"""One event of the information topic and one of the notification topic, after they were held to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One version of one record.

    ``id`` is the same whenever the same version is sent again. ``key`` is the record's identity over all
    ERPs, ``<connection>/<entity>/<source id>``; ``version`` counts its versions from 1 (in a later life of
    its connection from higher: sluice.consumer.order), the deletion
    included. ``data`` is the whole record, of a deletion ``id`` and ``source_id`` alone. ``time`` (ISO 8601
    UTC) is when it was read from the ERP; ``schema_version`` is the number at the end of ``dataschema``.
    """

    id: str
    connection: str
    connector: str
    entity: str
    source_id: str
    version: int
    deleted: bool
    schema_version: int
    time: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        """The record's identity over all ERPs."""
        return f"{self.connection}/{self.entity}/{self.source_id}"

    @property
    def place(self) -> str:
        """What logs name it by."""
        return f"{self.key} version {self.version}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What people must know: ``kind`` is such as ``run.failed``, ``severity`` info, warning or error.

    ``id`` is the same when it is sent again. A kind that is not known is read as well: there will be more.
    """

    id: str
    connection: str
    kind: str
    severity: str
    subject: str
    time: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def place(self) -> str:
        """What logs name it by."""
        return f"{self.kind} {self.id}"
