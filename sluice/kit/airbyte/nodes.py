"""The objects of a manifest, each of which knows what of it was taken.

What is asked of a node counts as taken. What nobody takes can be told, so nothing gets lost in silence.
``$parameters`` are handed down as Airbyte does. What components mean is the conversions' business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.kit.airbyte.reading import Entry, Manifest, joined_place

Told = tuple[str, str]
"""Where something stands, and why nothing was made of it."""
_PARAMETERS = ("$parameters", "$options")
_OWN = frozenset({"$ref", *_PARAMETERS})
_SHOWN = 160


class Node:
    """An object of the manifest. Every key is taken once it is asked for, by a conversion or as told.

    ``place`` says where it stands; what comes through a reference has the place that is referred to.
    """

    def __init__(
        self, manifest: Manifest, entries: dict[str, Entry], place: str, parameters: Mapping[str, Entry]
    ) -> None:
        self.place = place
        self._manifest, self._entries = manifest, entries
        self._parameters = {**parameters, **_own_parameters(manifest, entries)}
        self._taken: set[str] = set()
        self._told: list[Told] = []
        self._is_gone = False
        self._children: dict[tuple[str, int], Node] = {}
        self._default = "an object"

    def kind(self, default: str = "") -> str:
        """Return the component's type; ``default`` where it says none, ``class ...`` where it is code."""
        self._taken.add("type")
        self._default = default or self._default
        named = self._entries.get("class_name")
        said = self._entries.get("type", (f"class {named[0]}" if named else default, ""))[0]
        return str(said)

    def has(self, key: str) -> bool:
        """Return whether the key is given, itself or by a parameter."""
        return self._entry(key) is not None

    def keys(self) -> list[str]:
        """Return the keys that stand there."""
        return [key for key in self._entries if key not in _OWN]

    def peek(self, key: str) -> Any:
        """Return a value without taking it."""
        entry = self._entry(key)
        return None if entry is None else self._manifest.resolved(*entry)

    def plain(self, key: str, default: Any = None) -> Any:
        """Take a whole value as it is, references followed."""
        self._taken.add(key)
        found = self.peek(key)
        return default if found is None else found

    def skip(self, *keys: str) -> None:
        """Take keys that have no meaning here, as docs/connectors/from-airbyte.md says of each."""
        for key in keys:
            self._entry(key)
            self._taken.add(key)

    def node(self, key: str) -> Node | None:
        """Take an object; None where there is none. Anything else in its place is told."""
        entry = self._entry(key)
        self._taken.add(key)
        return None if entry is None or entry[0] is None else self._child(key, 0, entry)

    def nodes(self, key: str) -> list[Node]:
        """Take a list of objects (one object is a list of one); anything else in it is told."""
        entry = self._entry(key)
        self._taken.add(key)
        if entry is None or entry[0] is None:
            return []
        value, place = self._manifest.followed(*entry)
        listed = value if isinstance(value, list) else [value]
        found = [
            self._child(key, number, (one, f"{place}.{number}" if isinstance(value, list) else place))
            for number, one in enumerate(listed)
        ]
        return [one for one in found if one is not None]

    def parameter(self, name: str) -> tuple[bool, Any]:
        """Return whether there is such a ``$parameter``, and its value."""
        if name not in self._parameters:
            return False, None
        self._manifest.used.add(self._parameters[name][1])
        return True, self._manifest.resolved(*self._parameters[name])

    def tell(self, why: str, *keys: str) -> None:
        """Say why nothing is made of these keys, or of the whole node where none is named."""
        for key in keys:
            self._taken.add(key)
            value, place = self._entry(key) or (None, joined_place(self.place, key))
            self._told.append((place, self._shown(value, place, why)))
        if not keys:
            self._is_gone = True
            self._told.append((self.place, self.shown(why)))

    def leave(self, why: str) -> str:
        """Take the whole node and what is in it as left out; return the sentence that says so."""
        self._is_gone = True
        return f"{self.place} {self.shown(why)}"

    def leftovers(self) -> Iterator[Told]:
        """Yield what was told, here and below, and every key that nobody took."""
        yield from self._told
        if self._is_gone:
            return
        for key, (value, place) in self._entries.items():
            if key not in self._taken and key not in _OWN:
                yield from self._untaken(key, value, place)
        for value, place in _own_parameters(self._manifest, self._entries).values():
            if place not in self._manifest.used:
                yield place, self._shown(value, place, "no component that was converted uses it")
        for child in self._children.values():
            yield from child.leftovers()

    def _untaken(self, key: str, value: Any, place: str) -> Iterator[Told]:
        """Yield a key that nobody took; of a list of components each one."""
        why = f"nothing here is made of `{key}`"
        found, there = self._manifest.followed(value, place)
        listed = found if isinstance(found, list) else []
        inner = [self._manifest.followed(one, f"{there}.{at}") for at, one in enumerate(listed)]
        if any(isinstance(one, dict) for one, _ in inner):
            for one, its_own in inner:
                yield its_own, self._shown(one, its_own, why)
        else:
            yield place, self._shown(value, place, why)

    def _entry(self, key: str) -> Entry | None:
        # As in Airbyte, a parameter stands in for a key that is not there, or is empty.
        own = self._entries.get(key)
        if own is not None and own[0]:
            return own
        if key in self._parameters and key != "type":
            self._manifest.used.add(self._parameters[key][1])
            return self._parameters[key]
        return own

    def _child(self, key: str, number: int, entry: Entry) -> Node | None:
        if (key, number) not in self._children:
            value, place = self._manifest.followed(*entry)
            if not isinstance(value, dict):
                self._told.append((place, self._shown(value, place, "should be an object")))
                return None
            # A parameter that is named like the field would stand in for itself without end.
            passed = {name: one for name, one in self._parameters.items() if name != key}
            entries = self._manifest.entries(value, place)
            self._children[key, number] = Node(self._manifest, entries, place, passed)
        return self._children[key, number]

    def shown(self, why: str) -> str:
        """Return the node's type, why nothing was made of it, and which components are in it."""
        inner = [one for key, entry in self._entries.items() if key != "type" for one in self._kinds(*entry)]
        with_them = f" (with {', '.join(dict.fromkeys(inner))})" if inner else ""
        return f"{self.kind(self._default)}: {why}{with_them}"

    def _shown(self, value: Any, place: str, why: str) -> str:
        found, there = self._manifest.followed(value, place)
        if isinstance(found, dict):
            return Node(self._manifest, self._manifest.entries(found, there), there, {}).shown(why)
        text = "" if found is None else str(self._manifest.resolved(found, there))
        return f"`{text[:_SHOWN]}`: {why}" if text.strip() else why

    def _kinds(self, value: Any, place: str, depth: int = 0) -> Iterator[str]:
        """Yield the types of the components inside a value, of a few levels."""
        found, there = self._manifest.followed(value, place)
        entries: list[Entry] = []
        if isinstance(found, dict):
            named = self._manifest.entries(found, there)
            kind = named["type"][0] if "type" in named else None
            if isinstance(kind, str) and kind[:1].isupper():
                yield kind
            entries = list(named.values())
        elif isinstance(found, list):
            entries = [(one, there) for one in found]
        for entry in entries if depth < 8 else []:
            yield from self._kinds(entry[0], entry[1], depth + 1)


def root_of(manifest: Manifest) -> Node:
    """Return the manifest itself as a node."""
    return Node(manifest, manifest.entries(manifest.value, ""), "", {})


def _own_parameters(manifest: Manifest, entries: Mapping[str, Entry]) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for key in _PARAMETERS:
        if key in entries:
            value, place = manifest.followed(*entries[key])
            found |= manifest.entries(value, place) if isinstance(value, dict) else {}
    return found
