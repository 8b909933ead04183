"""The tables that people ask: of each entity what is now, and its history; and which files each takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from sluice.lake.columns import EVENT_COLUMNS, RECORD, Column, fields_of
from sluice.lake.layout import LakeFile

HISTORY = "_history"
_BY = r"(?!\s+by\b)"
"""What follows the word where it is no table: `order` is an entity as well as SQL."""


class View(Struct, frozen=True, order=True):
    """A table of an entity: ``customer`` is its records as they are now, ``customer_history`` every event."""

    entity: str
    is_history: bool = False

    @property
    def name(self) -> str:
        """Its name in SQL; `order` has to be quoted there."""
        return self.entity + HISTORY if self.is_history else self.entity

    @property
    def source(self) -> str:
        """The name of the view behind it: that of current state has the deleted records as well."""
        return self.name if self.is_history else f"_{self.name}_newest"

    def takes(self, file: LakeFile) -> bool:
        """Whether the file's rows belong to it."""
        if file.partition.entity != self.entity:
            return False
        # Events that are not compacted yet are in no file of newest versions either.
        return file.part is not None if self.is_history else file.part is None or file.is_fresh

    def columns(self, schema: Mapping[str, Any]) -> tuple[Column, ...]:
        """Return its columns in their order, by the entity's canonical schema."""
        whole = source_columns(schema)
        return tuple(column for column in whole if self.is_history or column.name != "deleted")


def source_columns(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of the view behind either table of an entity."""
    return (*EVENT_COLUMNS, *fields_of(schema), RECORD)


def views_of(entities: Iterable[str]) -> list[View]:
    """Return both tables of each entity."""
    return [View(entity, is_history) for entity in entities for is_history in (False, True)]


def named_in(sql: str, entities: Iterable[str]) -> list[View]:
    """Return the tables that a statement may ask: all whose names are words of it, whatever they mean."""
    return [
        view
        for view in views_of(entities)
        if re.search(rf"(?<!\w){view.name}(?!\w){_BY}", sql, re.IGNORECASE)
    ]
