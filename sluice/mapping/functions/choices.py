"""Mapping functions that choose: constants, conditions, tables."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from sluice.mapping.conversion import boolean_of, text_of
from sluice.mapping.decimals import as_decimal
from sluice.mapping.functions.call import Call
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node, choosing_node, function_node
from sluice.mapping.program.choosing import (
    chosen,
    equal,
    first_filled,
    literal,
    looked_up,
    negated,
    null_where,
)
from sluice.mapping.program.writer import Value, Writer
from sluice.mapping.unmappable import Unmappable


def value(call: Call) -> Node:
    """The literal itself, the same for every record.

    >>> {value: NOK}  # {}
    "NOK"
    """
    constant = call.argument
    return choosing_node(
        lambda _, __: constant, Kind.ANY, (), (constant,), lambda writer, _: literal(writer, constant)
    )


def first(call: Call) -> Node:
    """The first value of the list that is neither null nor empty text; null where there is none.

    >>> {first: [invoiceEmail, email]}  # {"invoiceEmail": "", "email": "post@example.com"}
    "post@example.com"
    """
    parts = call.values()

    def run(record: Any, connection: str) -> Any:
        for part in parts:
            found = part.read(record, connection)
            if found is not None and found != "":
                return found
        return None

    kinds = {part.gives for part in parts}
    literals = tuple(literal for part in parts for literal in part.literals)
    gives = kinds.pop() if len(kinds) == 1 else Kind.ANY
    written = [part.written for part in parts]
    return choosing_node(run, gives, parts, literals, lambda writer, at: first_filled(writer, at, written))


def choose(call: Call) -> Node:
    """The value ``then`` where ``when`` is true, else the value ``else`` (null without one).

    >>> {choose: {when: {is: [dueType, DAYS]}, then: dueIn}}  # {"dueType": "MONTHS", "dueIn": 1}
    null
    """
    condition, then = call.at("when", Kind.BOOLEAN), call.at("then")
    otherwise = (call.at("else"),) if call.option("else") is not None else ()

    def run(record: Any, connection: str) -> Any:
        if _holds(condition.read(record, connection)):
            return then.read(record, connection)
        return otherwise[0].read(record, connection) if otherwise else None

    kinds = {part.gives for part in (then, *otherwise)}
    literals = tuple(literal for part in (then, *otherwise) for literal in part.literals)
    gives = kinds.pop() if len(kinds) == 1 else Kind.ANY
    # What a condition looks at is no part of what comes out: the fields of a list are not below it.
    looked_at = replace(condition, uses=tuple(replace(use, is_end=False) for use in condition.uses))
    branches = [part.written for part in (then, *otherwise)]

    def write(writer: Writer, at: Value) -> Value:
        return chosen(writer, at, (condition.written, _holds), branches)

    return choosing_node(run, gives, (then, looked_at, *otherwise), literals, write)


def is_(call: Call) -> Node:
    """Whether the value equals the literal, or one of a list of literals; text is not a number.

    >>> {is: [type, [A, B]]}  # {"type": "B"}
    true
    >>> {is: [number, 5]}  # {"number": "5"}
    false
    """
    part = call.at(0)
    wanted, equals = _literals(call.argument[1]), _equals(call.argument[1])
    node = function_node(equals, Kind.BOOLEAN, (part,))
    return replace(node, write=lambda writer, at: equal(writer, part.written(writer, at), wanted, equals))


def null_if(call: Call) -> Node:
    """The value, but null where it equals the literal, or one of a list of literals.

    >>> {null_if: [supplierNumber, 0]}  # {"supplierNumber": 0}
    null
    """
    part = call.at(0)
    wanted, equals = _literals(call.argument[1]), _equals(call.argument[1])
    node = function_node(lambda found: None if equals(found) else found, part.gives, (part,))
    return replace(
        node, write=lambda writer, at: null_where(writer, part.written(writer, at), wanted, equals)
    )


def not_(call: Call) -> Node:
    """True for false and false for true; null stays null.

    >>> {not: isInactive}  # {"isInactive": false}
    true
    """
    part = call.value(Kind.BOOLEAN)

    def negate(found: Any) -> Any:
        if type(found) is bool:
            return not found
        return None if found is None or found == "" else not boolean_of(found)

    node = function_node(negate, Kind.BOOLEAN, (part,))
    return replace(node, write=lambda writer, at: negated(writer, part.written(writer, at), negate))


def lookup(call: Call) -> Node:
    """The entry of ``table`` for the value ``of``, read as text (``"true"`` and ``"false"`` for booleans).

    A value that is not in the table gives ``else``: the word ``fault`` (which it is without an
    ``else``) sets the record aside, null or any other literal is the result. Null stays null, and
    empty text is null where the table has no entry for it.

    >>> {lookup: {of: type, table: {A: open, B: closed}, else: fault}}  # {"type": "A"}
    "open"
    >>> {lookup: {of: blocked, table: {"": true, X: false}}}  # {"blocked": ""}
    true
    """
    part = call.at("of")
    table, otherwise = call.option("table"), call.option("else", "fault")

    def look_up(found: Any) -> Any:
        if found is None or (found == "" and "" not in table):
            return None
        key = found if type(found) is str else _key(found)
        if key in table:
            return table[key]
        if otherwise == "fault":
            raise Unmappable("unknown_code", found, f"one of {', '.join(table)}")
        return otherwise

    literals = tuple(table.values()) + (() if otherwise == "fault" else (otherwise,))
    node = function_node(look_up, _kind_of(literals), (part,), literals)
    return replace(
        node, write=lambda writer, at: looked_up(writer, part.written(writer, at), table, literals, look_up)
    )


def _holds(found: Any) -> bool:
    return found is not None and boolean_of(found)


def _literals(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _key(found: Any) -> str:
    return str(found).lower() if isinstance(found, bool) else text_of(found)


def _kind_of(literals: tuple[Any, ...]) -> Kind:
    types = {type(literal) for literal in literals if literal is not None}
    known = {str: Kind.TEXT, bool: Kind.BOOLEAN, int: Kind.INTEGER}
    return known.get(types.pop(), Kind.ANY) if len(types) == 1 else Kind.ANY


def _equals(literals: Any) -> Callable[[Any], bool]:
    wanted = _literals(literals)
    if all(isinstance(literal, str) for literal in wanted):
        texts = frozenset(wanted)
        return lambda found: type(found) is str and found in texts
    comparable = [_comparable(literal) for literal in wanted]
    return lambda found: _comparable(found) in comparable


def _comparable(found: Any) -> Any:
    """Return what equal values share: numbers are equal by value, everything else also by type."""
    if type(found) is int:
        return found
    if isinstance(found, float | Decimal):
        return as_decimal(found)
    return (type(found), found)
