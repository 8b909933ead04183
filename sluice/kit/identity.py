"""Proposes what identifies a record."""

from __future__ import annotations

from sluice.description.model import Description, Schema
from sluice.kit.proposal import Notes, fields_of
from sluice.kit.words import first_in, plain

_OTHERS = ("uuid", "guid", "key", "internalid", "number", "no", "code")


def propose_key(description: Description, item: Schema, entity: str, where: str, notes: Notes) -> str | None:
    """Return the field that identifies a record, None (and a question) where none has such a name."""
    scalars = [
        name
        for name, schema in fields_of(description, item).items()
        if not schema.types or schema.types & {"string", "integer"}
    ]
    own = plain(entity)
    found = first_in(("id", f"{own}id", own, *_OTHERS, f"{own}number", f"{own}no", f"{own}code"), scalars)
    if found is None:
        # A list of invoices may call it contactId or the like: the only name that ends so.
        ids = [name for name in scalars if plain(name).endswith("id")]
        found = ids[0] if len(ids) == 1 else None
    if found is None:
        notes.ask(where, "key: no field has a name that says it identifies a record")
        return None
    notes.decide(where, f"key: {found}, by its name")
    if plain(found) in {"number", "no", "code", f"{own}number", f"{own}no", f"{own}code"}:
        notes.ask(where, f"key: can the ERP's users change {found}, or give it to two records?")
    return found
