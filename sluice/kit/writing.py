"""Writes YAML as people write it: short objects on one line, in the order in which they are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

_WIDTH = 110
_INDENT = "  "


def yaml_text(value: dict[str, Any], comment: str = "") -> str:
    """Return the YAML of an object; ``comment`` stands above it."""
    above = "".join(f"# {line}\n" for line in comment.splitlines())
    return above + "\n".join(_lines(value, "")) + "\n"


def _lines(value: dict[str, Any], indent: str) -> Iterator[str]:
    for name, inner in value.items():
        key = f"{indent}{_flow(name)}:"
        one_line = f"{key} {_flow(inner)}"
        is_tall = isinstance(inner, dict) and inner and (len(one_line) > _WIDTH or _depth(inner) > 2)
        if is_tall:
            yield key
            yield from _lines(inner, indent + _INDENT)
        else:
            yield one_line


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6)
    return text.removesuffix("\n").removesuffix("...").rstrip()


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 0
