"""Turns a manifest's ``spec`` into settings and secrets: those that something converted reads."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft202012Validator
from msgspec import Struct, field

from sluice.kit.airbyte.expressions import NOTHING
from sluice.kit.airbyte.nodes import Node
from sluice.kit.proposal import Notes
from sluice.kit.words import words_of

WHERE = "connector.yaml"
_KEPT = (
    *("type", "title", "description", "default", "pattern", "enum", "const", "format"),
    *("minimum", "maximum", "minLength", "maxLength", "items"),
)
_SHOWN_ONLY = (
    *("order", "airbyte_secret", "airbyte_hidden", "examples", "multiline", "pattern_descriptor"),
    *("always_show", "group", "display_type", "$schema"),
)
_LONGEST_TITLE, _LONGEST_NAME, _LONGEST_TEXT = 120, 40, 2000
_META = Draft202012Validator(Draft202012Validator.META_SCHEMA)
_SECRET = frozenset({"key", "token", "secret", "password"})
_SCALARS = frozenset({"string", "integer", "number", "boolean"})


class _Property(Struct, frozen=True):
    """A property of the specification that holds a value itself."""

    node: Node
    is_required: bool
    is_secret: bool


class Config(Struct):
    """What a connection gives; ``value`` says how it is referred to, and notes that it is needed."""

    notes: Notes
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    in_login: bool = False
    """What the spec lacks and a login reads is a secret."""
    in_address: bool = False
    """What stands in addresses is a setting, whatever the spec says: addresses are shown and stored."""
    _properties: dict[tuple[str, ...], _Property] = field(default_factory=dict)
    _objects: set[tuple[str, ...]] = field(default_factory=set)
    _names: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def read(self, specification: Node | None) -> None:
        """Read the ``connection_specification``."""
        if specification is not None:
            self._read(specification, (), is_required=True)

    def value(self, names: tuple[str, ...], default: Any = NOTHING) -> dict[str, str] | None:
        """Return ``{setting: NAME}`` or ``{secret: NAME}``; None for what is no single value."""
        if names in self._objects:
            return None
        if names not in self._names:
            self._names[names] = self._declared(names)
        found = self._names[names]
        name = found.get("setting")
        if name and isinstance(default, str | int | float) and default != "":
            self._default(name, default)
        return found

    def secret(self, names: tuple[str, ...], name: str) -> dict[str, str]:
        """Return ``{secret: NAME}`` for a property under a name that Sluice fixes, as an optional secret."""
        self._names[names] = {"secret": name}
        title = " ".join(words_of(name)).capitalize()
        if names in self._properties:
            title = self._secret_of(self._properties[names])["title"]
        self.secrets[name] = {"title": title, "optional": True}
        return self._names[names]

    def add(self, name: str, about: dict[str, Any]) -> dict[str, str]:
        """Return ``{setting: NAME}`` for a setting that the manifest does not have."""
        self.settings.setdefault(name, about)
        if "default" not in about:
            self.required.add(name)
        return {"setting": name}

    def tell_unused(self) -> None:
        """Tell every property that nothing converted reads."""
        for names, found in self._properties.items():
            if names not in self._names:
                found.node.tell("nothing that was converted reads it; it is no setting")

    def _read(self, node: Node, path: tuple[str, ...], *, is_required: bool) -> None:
        self._objects.add(path)
        node.skip("title", "description", "additionalProperties", "default", *_SHOWN_ONLY)
        kind = node.plain("type", "object")
        if kind != "object":
            node.tell("a specification should be an object", "type")
        named = node.plain("required", [])
        required = set(map(str, named if isinstance(named, list) else [named]))
        properties = node.node("properties")
        unknown = sorted(required - set(properties.keys() if properties else ()))
        if unknown:
            node.tell(f"there is no property {', '.join(unknown)}", "required")
        for name in properties.keys() if properties else ():
            inner = properties.node(name) if properties else None
            if inner is not None:
                self._property(inner, (*path, name), is_required=is_required and name in required)
        for variant in node.nodes("oneOf"):
            # Which of the variants holds is a connection's choice: nothing of one is always there.
            self._read(variant, path, is_required=False)

    def _property(self, node: Node, path: tuple[str, ...], *, is_required: bool) -> None:
        if node.has("properties") or node.has("oneOf") or node.peek("type") == "object":
            self._read(node, path, is_required=is_required)
        elif path in self._properties:
            node.skip(*node.keys())  # the same in another variant
        else:
            self._properties[path] = _Property(node, is_required, node.peek("airbyte_secret") is True)

    def _default(self, name: str, default: Any) -> None:
        """Take a default that an expression gives, where it fits what the spec says."""
        about = self.settings[name]
        fitting = str(default) if about.get("type") == "string" else default
        validator = Draft202012Validator(about)
        if "default" not in about and _META.is_valid(about) and validator.is_valid(fitting):
            about["default"] = fitting
            self.required.discard(name)

    def _declared(self, names: tuple[str, ...]) -> dict[str, str]:
        found = self._properties.get(names)
        is_secret = found.is_secret if found else self.in_login or bool(_SECRET & set(words_of(names[-1])))
        if is_secret and self.in_address:
            is_secret = False
            what = ".".join(names)
            self.notes.ask(
                WHERE, f"settings: {what} stands in an address, and so is no secret; may it be seen?"
            )
        name = self._free_name(names, is_secret=is_secret)
        if found is None:
            about = {"title": " ".join(words_of(names[-1])).capitalize() or name}
            self.notes.ask(WHERE, f"settings: the manifest reads {'.'.join(names)}, but its spec lacks it")
            if is_secret:
                self.secrets[name] = about
                return {"secret": name}
            self.settings[name] = {"type": "string", **about}
            self.required.add(name)
            return {"setting": name}
        if is_secret:
            self.secrets[name] = self._secret_of(found)
            return {"secret": name}
        self.settings[name] = _setting_of(found.node, name)
        if (found.is_required or self.in_login) and "default" not in self.settings[name]:
            self.required.add(name)
        return {"setting": name}

    def _secret_of(self, found: _Property) -> dict[str, Any]:
        found.node.skip("type", *_SHOWN_ONLY)
        title = str(found.node.plain("title", "")) or "Secret"
        text = str(found.node.plain("description", "")).strip()[:_LONGEST_TEXT]
        about: dict[str, Any] = {"title": title[:_LONGEST_TITLE]}
        return (
            about
            | ({"description": text} if text else {})
            | ({} if found.is_required or self.in_login else {"optional": True})
        )

    def _free_name(self, names: tuple[str, ...], *, is_secret: bool) -> str:
        taken = self.secrets if is_secret else self.settings
        own, whole = _fitting(names[-1:]), _fitting(names)
        if own not in taken:
            return own
        return next(
            one
            for number in range(1, 1000)
            if (one := f"{whole}_{number}" if number > 1 else whole) not in taken
        )


def _setting_of(node: Node, name: str) -> dict[str, Any]:
    node.skip(*_SHOWN_ONLY)
    about = {key: found for key in _KEPT if (found := node.plain(key)) is not None}
    kinds = about.get("type", "string")
    kinds = [one for one in kinds if one != "null"] if isinstance(kinds, list) else [kinds]
    if "title" in about:
        about["title"] = str(about["title"])[:_LONGEST_TITLE]
    pattern = about.get("pattern")
    if isinstance(pattern, str) and not _is_pattern(pattern):
        node.tell("is no pattern that can be checked", "pattern")
        del about["pattern"]
    fitting = len(kinds) == 1 and str(kinds[0]) in _SCALARS
    return {
        **about,
        "type": kinds[0] if fitting else about.get("type", "string"),
        "title": about.get("title", name),
    }


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _fitting(names: tuple[str, ...]) -> str:
    text = "_".join(word for name in names for word in words_of(name))[:_LONGEST_NAME].strip("_")
    return text if text[:1].isalpha() else f"setting_{text}"[:_LONGEST_NAME]
