"""Records without what is personal in them, for people who may see that there are records, not their content.

Of a canonical record the model says what is personal. Of an ERP's raw record only that is shown which a
mapping reads for nothing but fields that are not personal: what nobody maps might be anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.mapping.canonical import EntitySchema, Field
from sluice.mapping.mapper import Mapper
from sluice.usecases.world import World

MASK = "***"
"""What stands in place of a value; an absent one stays null."""


def masked_data(data: Mapping[str, Any] | None, entity: EntitySchema) -> dict[str, Any] | None:
    """Return a canonical record with its personal values masked; ``extensions`` are the ERP's, so all."""
    if data is None:
        return None
    return {
        name: masked(value) if name == "extensions" else _canonical(value, entity.fields.get(name))
        for name, value in data.items()
    }


def masked_record(world: World, record: Mapping[str, Any], mapper: Mapper) -> dict[str, Any]:
    """Return a raw record in which only values are shown that are known not to be personal."""
    entity = world.catalog.canonical.entity(mapper.entity)
    shown = {
        path
        for path, fields in mapper.used.fields_by_path.items()
        if fields and not any(_is_personal(entity, field) for field in fields)
    }
    return {name: _raw(value, (name,), shown) for name, value in record.items()}


def _canonical(value: Any, field: Field | None) -> Any:
    if field is None or field.personal:
        return value if field is None and isinstance(value, bool | None) else masked(value)
    if isinstance(value, Mapping):
        return {name: _canonical(found, field.fields.get(name)) for name, found in value.items()}
    if isinstance(value, list):
        return [_canonical(found, field.items) for found in value]
    return value


def _raw(value: Any, path: tuple[str, ...], shown: set[tuple[str, ...]]) -> Any:
    if isinstance(value, Mapping):
        return {name: _raw(found, (*path, name), shown) for name, found in value.items()}
    if isinstance(value, list):
        return [_raw(found, path, shown) for found in value]
    return value if path in shown else masked(value)


def masked(value: Any) -> Any:
    """Return a JSON value in which every value but null is masked."""
    if isinstance(value, Mapping):
        return {name: masked(found) for name, found in value.items()}
    if isinstance(value, list):
        return [masked(found) for found in value]
    return None if value is None else MASK


def _is_personal(entity: EntitySchema, path: str) -> bool:
    """Return whether a canonical field (``customer.address.city``) is personal, or within what is."""
    _, *names = path.split(".")
    fields: Mapping[str, Field] = entity.fields
    for name in names:
        field = fields.get(name)
        if field is None or field.personal:
            # What the model does not know is `extensions`: the ERP's own.
            return True
        fields = field.fields or (field.items.fields if field.items else {})
    return not names
