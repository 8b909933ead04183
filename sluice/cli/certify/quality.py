"""quality.yaml: what a connector was certified by, beside the connector itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sluice.bootstrap import ROOT, folder_documents
from sluice.cli.certify.rules import Finding, Status
from sluice.cli.certify.scorecard import Scorecard
from sluice.registry.packages import Files, files_of

NAME = "quality.yaml"
_HEAD = "# Written by `sluice connectors certify {name} --write`; not by hand.\n"


def certified_files(connector: str, root: Path = ROOT) -> Files:
    """Return the files that are certified: the connector and its mappings, without what was found before."""
    own = f"connectors/{connector}/{NAME}"
    found = files_of(folder_documents(root), connector)
    return {path: data for path, data in found.items() if path != own}


def digest_of(files: Files) -> str:
    """Return a hash of the YAML files; notes may change without another certification."""
    found = hashlib.sha256()
    for path in sorted(path for path in files if not path.endswith(".md")):
        found.update(f"{path}\0{len(files[path])}\0".encode())
        found.update(files[path])
    return found.hexdigest()[:16]


def quality_text(card: Scorecard, on: date) -> str:
    """Return the text of the file; ``on`` is the day of the certification."""
    rules = {one.rule: {"status": one.status.value, _WORD[one.status]: _told(one)} for one in card.findings}
    value = {"format": 1, "connector": card.connector, "certified": on, "files": card.files}
    without = {"left_out": list(card.left_out)} if card.left_out else {}
    text = yaml.safe_dump(
        {**value, **without, "rules": rules}, sort_keys=False, allow_unicode=True, width=110
    )
    return _HEAD.format(name=card.connector) + text


def standing(connector: str, root: Path = ROOT) -> str:
    """Return when the connector was certified, and whether its files have changed since; "" for never."""
    file = root / "connectors" / connector / NAME
    if not file.exists():
        return ""
    found: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    changed = found["files"] != digest_of(certified_files(connector, root))
    return f"{found['certified']}" + (", its files have changed since" if changed else "")


def _told(one: Finding) -> str | list[str]:
    """Return a rule's only note as text, several as a list: a line for each stream."""
    return one.note if len(one.notes) == 1 else list(one.notes)


_WORD = {Status.DONE: "seen", Status.EXEMPT: "reason", Status.FAILED: "wrong"}
