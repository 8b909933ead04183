"""What is known of the records of a stream, as the objects that they are decoded into.

A decoded record has one attribute for each known field; null and absent are both None there. Who knows the
shape may read the attributes without looking at any type again.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

NULL = "null"


class Shape(Struct, frozen=True):
    """What one place holds: ``kinds`` as null, boolean, integer, decimal, text, list, object.

    ``absent``: the field may be left out. ``attributes`` names the attribute of each known field of an
    object; its shape is in ``fields``. ``items`` is the shape of a list's elements. ``is_map``: the object is
    a dict of values as they came.
    """

    kinds: frozenset[str]
    absent: bool = False
    fields: Mapping[str, Shape] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    items: Shape | None = None
    is_map: bool = False

    @property
    def nullable(self) -> bool:
        """Whether the attribute may be None."""
        return self.absent or NULL in self.kinds

    @property
    def filled(self) -> frozenset[str]:
        """The kinds of the values other than null."""
        return self.kinds - {NULL}

    @property
    def is_whole(self) -> bool:
        """Whether the value can be made again from what it was decoded into: nothing in it may be absent."""
        inner = (*self.fields.values(), *((self.items,) if self.items else ()))
        return all(not below.absent and below.is_whole for below in inner)
