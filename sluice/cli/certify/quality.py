"""quality.yaml: what a connector was certified by, beside the connector itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.cli.certify.rules import Finding, Status
from sluice.cli.certify.scorecard import Scorecard
from sluice.registry.packages import Files, files_of
from sluice.usecases.deciding.describing import QUALITY, standing_of

NAME = QUALITY
_HEAD = "# Written by `sluice connectors certify {name} --write`; not by hand.\n"


def certified_files(connector: str, root: Path = ROOT) -> Files:
    """Return the files that are certified: the connector and its mappings, without what was found before."""
    own = f"connectors/{connector}/{NAME}"
    found = files_of(folder_documents(root), connector)
    return {path: data for path, data in found.items() if path != own}


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
    return standing_of(files_of(folder_documents(root), connector), connector)


def _told(one: Finding) -> str | list[str]:
    """Return a rule's only note as text, several as a list: a line for each stream."""
    return one.note if len(one.notes) == 1 else list(one.notes)


_WORD = {Status.DONE: "seen", Status.EXEMPT: "reason", Status.FAILED: "wrong"}
