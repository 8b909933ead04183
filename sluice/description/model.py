"""One neutral description of an API: operations, their parameters, and the data that they answer with.

It says what a reader of data sees, whatever form the vendor wrote it in. It reads no form, compares nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace


class Lifecycle(Struct, frozen=True):
    """What is said of the future of something; ``since`` and ``ends`` are days (ISO) or versions, or empty.

    ``text`` is the sentence that says so, shortened.
    """

    deprecated: bool = False
    since: str = ""
    ends: str = ""
    text: str = ""


STAYS = Lifecycle()
"""Nothing is said."""


class Schema(Struct, frozen=True):
    """What a value may be.

    ``types`` are of ``string``, ``integer``, ``number``, ``boolean``, ``object`` and ``array``; empty where
    nothing is said. ``fields`` belong to objects (``*`` is every other key of a map), ``items`` to arrays.
    A schema with ``name`` stands for the description's type of that name and says no more itself than
    ``nullable``. ``codes`` is a closed list of values, as text; empty where there is none.
    """

    types: frozenset[str] = frozenset()
    format: str = ""
    nullable: bool = False
    codes: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)
    items: Schema | None = None
    name: str = ""


ANYTHING = Schema()
"""A value of which nothing is said."""


class Field(Struct, frozen=True):
    """A field of an object; ``required`` says that it is always there (null it may be all the same)."""

    schema: Schema
    required: bool = False
    lifecycle: Lifecycle = STAYS


class Parameter(Struct, frozen=True):
    """What can be sent with a request; ``where`` is ``query``, ``header``, ``path`` or ``argument``.

    ``default`` and ``codes`` are texts, ``maximum`` is the largest number allowed, None where none is said.
    """

    name: str
    where: str
    required: bool = False
    types: frozenset[str] = frozenset()
    default: str | None = None
    maximum: float | None = None
    codes: tuple[str, ...] = ()
    lifecycle: Lifecycle = STAYS


class Operation(Struct, frozen=True):
    """One thing that can be asked for.

    ``method`` is HTTP's, or ``QUERY`` for a query of GraphQL and where only a record is described, not how
    one gets it; ``path`` is as the vendor writes it, without the address (``/customer/{id}``).
    ``reads`` is False for what only writes: a reader of data does not call it. ``response`` is None where no
    data comes back. ``media`` are families (``json``, ``xml``, ``csv``, ...), empty where any may come.
    ``logins`` are the ways to log in that each suffice, as words (``basic``, ``key in header x``,
    ``bearer token``); empty where none is said.
    """

    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    response: Schema | None = None
    reads: bool = True
    media: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    lifecycle: Lifecycle = STAYS

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Description(Struct, frozen=True):
    """A whole description. ``form`` names how it was written (``OpenAPI 3.0.1``), ``version`` is as given.

    ``operations`` is by ``METHOD path``, ``types`` by the names that schemas refer to. ``address`` is where
    the API answers (``https://host/v2``, or its path alone), empty where nothing is said. ``unread`` tells
    what of the description was not understood, in words.
    """

    operations: Mapping[str, Operation]
    types: Mapping[str, Schema] = field(default_factory=dict)
    form: str = ""
    version: str = ""
    address: str = ""
    unread: tuple[str, ...] = ()

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema itself, or the type that it names; one that does not exist may be anything."""
        nullable, passed = schema.nullable, set[str]()
        while schema.name and schema.name not in passed:
            passed.add(schema.name)
            schema = self.types.get(schema.name, ANYTHING)
            nullable = nullable or schema.nullable
        if schema.name:
            return ANYTHING
        return schema if schema.nullable == nullable else replace(schema, nullable=nullable)


def by_key(operations: list[Operation]) -> dict[str, Operation]:
    """Return the operations by ``METHOD path``; of two with the same the first counts."""
    found: dict[str, Operation] = {}
    for operation in operations:
        found.setdefault(str(operation), operation)
    return found
