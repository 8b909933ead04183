"""Where something stands in an answer, and where in it the records are.

A place is a tuple of steps from the answer down: names of fields, with ``[]`` after those that are lists.
"""

from __future__ import annotations

import re

from sluice.description.model import Description, Operation, Schema

Steps = tuple[str, ...]

_LISTS = (
    "values", "value", "data", "items", "results", "result", "records", "entries", "rows", "edges", "list",
    "content",
)  # fmt: skip
_ONE = ("value", "data", "result", "item", "record", "d")
_AROUND = ("data", "result", "d")
"""What may hold an envelope, not only a record."""
_OF_RECORDS = ("JSON Schema", "XML Schema")
"""Forms that describe records themselves, without an answer around them."""
_DEEPEST = 3


def join(above: Steps, below: Steps) -> Steps:
    """Return the place of ``below`` inside ``above``; a list mark goes to the name before it."""
    if above and below and below[0].startswith("[]"):
        return (*above[:-1], above[-1] + below[0], *below[1:])
    return (*above, *below)


def in_list(steps: Steps) -> Steps:
    """Return the place of each element of the list at ``steps``."""
    return join(steps, ("[]",))


def names(steps: Steps) -> Steps:
    """Return the field names alone, as connectors and mappings write paths."""
    plain = (step.replace("[]", "") for step in steps)
    return tuple(name for name in plain if name)


def same_line(used: Steps, place: Steps) -> bool:
    """Return whether one of two places lies above the other, or they are one; both are names alone.

    What is told of ``party`` holds for ``party.`` too, under which Tryton gives the fields of what it refers
    to; but who reads the reference alone does not read those fields.
    """
    shared = min(len(used), len(place))
    last = len(place) - 1
    return all(
        one == other or (at == last and one == other + ".")
        for at, (one, other) in enumerate(zip(used[:shared], place[:shared], strict=True))
    )


def path_of(steps: Steps) -> str:
    """Return the place as one text: ``orderLines[].product.id``."""
    return ".".join(steps)


def records_at(description: Description, operation: Operation) -> Steps:
    """Return where the records stand in the answer of an operation; () where the answer is the record itself.

    A list in the answer that is named as the path is (``Invoices`` under ``/Invoices``), or so that its name
    says it (``values``, ``data``, ...), holds them; failing that, a single record under ``value``, ``data``,
    ... does. What has an id itself is no envelope.
    """
    if operation.response is None or description.form in _OF_RECORDS:
        return ()
    return _records(description, operation.response, _words(operation.path.rstrip("/").rpartition("/")[2]))


def at_path(description: Description, response: Schema | None, path: Steps) -> Steps | None:
    """Return the place of a list or object that a connector names (``("values",)``), or None."""
    if response is None:
        return None
    steps: Steps = ()
    schema = description.resolved(response)
    for name in (*path, None):
        while schema.items is not None or schema.types == {"array"}:
            steps, schema = in_list(steps), description.resolved(schema.items or Schema())
        if name is None:
            return steps
        if name not in schema.fields:
            return None
        steps, schema = (*steps, name), description.resolved(schema.fields[name].schema)
    return steps


def _records(description: Description, response: Schema, wanted: str, depth: int = 0) -> Steps:
    schema = description.resolved(response)
    if "array" in schema.types or depth > _DEEPEST:
        return ("[]",) if "array" in schema.types else ()
    inside = {name: description.resolved(one.schema) for name, one in schema.fields.items()}
    lists = [
        name for name, one in inside.items() if "array" in one.types and _holds_objects(description, one)
    ]
    is_record = any(name.lower() == "id" for name in inside)
    chosen = next((name for name in lists if _words(name) == wanted), None)
    chosen = chosen or next((name for name in _LISTS if name in lists and not is_record), None)
    if chosen:
        items = inside[chosen].items or Schema()
        below = ("node",) if _is_edge(description.resolved(items)) else ()
        return join((chosen + "[]",), below)
    single = next((name for name in _ONE if name in inside and "object" in inside[name].types), None)
    if single is None or is_record:
        return ()
    return (single, *(_records(description, inside[single], wanted, depth + 1) if single in _AROUND else ()))


def _is_edge(schema: Schema) -> bool:
    return set(schema.fields) <= {"node", "cursor"} and "node" in schema.fields


def _holds_objects(description: Description, schema: Schema) -> bool:
    items = description.resolved(schema.items) if schema.items else Schema()
    return not items.types or "object" in items.types


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
