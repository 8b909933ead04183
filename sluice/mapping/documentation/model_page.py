"""docs/canonical-model.md, from the JSON Schemas in transformers/canonical/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sluice.mapping.canonical import CanonicalModel, EntitySchema, Field
from sluice.mapping.kinds import Kind

NAME = "docs/canonical-model.md"
_INTRODUCTION = """# The canonical model

<!-- Made by `pytest tests/examples --update-goldens`; change transformers/canonical/*.json instead. -->

Every record on the information topic is one of these entities, whatever ERP it came from. Its JSON Schema
is `transformers/canonical/<entity>.json`; the event's `dataschema` names the schema's id and version.

- Every field is always there; null means that the ERP does not tell, or has nothing. Fields marked
  *required* are never null.
- Amounts, quantities, hours and percentages are decimal strings (`"1234.50"`), never floats; `currency`
  is the ISO 4217 code of a record's amounts. An amount whose kind says `company_currency` is in the company's
  own currency instead. Trailing zeros carry no meaning.
- Dates are `2026-01-31`, times are UTC (`2026-01-31T12:00:00Z`).
- A reference is the identity of another record: `<connection>/<entity>/<source id>`. The record it points
  to may come later, or never, where its stream is not enabled.
- *Personal* fields may hold personal data.
- `extensions` holds what a mapping takes beyond the model, under names that the mapping chose.
- Within a version fields and members of enumerations are only added; what makes a new version, and how
  long the old one goes on beside it, says [consumers.md](consumers.md#when-the-model-changes).
"""


def model_page(model: CanonicalModel) -> str:
    """Return the page's text."""
    entities = [model.entity(name) for name in model.names()]
    index = "\n".join(f"- [{one.name}](#{one.name}): {one.schema['description']}" for one in entities)
    return "\n".join([_INTRODUCTION, index + "\n", *map(_section, entities)])


def _section(entity: EntitySchema) -> str:
    rows = "\n".join(_rows(entity.fields, ""))
    head = "| field | kind | | meaning |\n|---|---|---|---|"
    return f"## {entity.name}\n\n{entity.schema['description']} `{entity.id}`\n\n{head}\n{rows}\n"


def _rows(fields: Mapping[str, Field], prefix: str) -> Iterator[str]:
    for name, field in fields.items():
        marks = ", ".join(
            word for word, holds in (("required", field.required), ("personal", field.personal)) if holds
        )
        yield f"| `{prefix}{name}` | {_kind(field)} | {marks} | {field.description} |"
        yield from _rows(field.fields, f"{prefix}{name}.")
        if field.items:
            yield from _rows(field.items.fields, f"{prefix}{name}[].")


def _kind(field: Field) -> str:
    if field.kind is Kind.REFERENCE:
        return f"reference to {field.reference}"
    if field.choices:
        return " or ".join(f"`{word}`" for word in field.choices)
    return f"{field.kind.value}, {field.unit}" if field.unit else field.kind.value
