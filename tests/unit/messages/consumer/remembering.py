"""A layer of Powertools' idempotency in memory, with the condition that the one on DynamoDB writes on."""

from __future__ import annotations

import time

from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord


class MemoryLayer(BasePersistenceLayer):
    """What was done, by key; ``ahead`` moves its clock, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, DataRecord] = {}
        self.ahead = 0.0

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.records:
            raise IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        held = self.records.get(data_record.idempotency_key)
        if held is not None and not self._is_over(held):
            raise IdempotencyItemAlreadyExistsError
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self.records.pop(data_record.idempotency_key, None)

    def _is_over(self, held: DataRecord) -> bool:
        now = time.time() + self.ahead
        in_progress = held.in_progress_expiry_timestamp
        if held._status == "INPROGRESS" and in_progress is not None and in_progress < now * 1000:
            return True
        return held.expiry_timestamp is not None and held.expiry_timestamp < now
