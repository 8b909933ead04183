"""YAML read and written by libyaml where it is there: pyyaml's own way takes ten times as long."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read(text: str) -> Any:
    """Return what the text says."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader


def written(value: Any) -> str:
    """Return the value as text, its keys in their order."""
    found: str = yaml.dump(value, Dumper=_DUMPER, sort_keys=False)
    return found
