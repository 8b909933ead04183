"""What the model assumes and what AWS allows, read from parameters.yaml and quotas.yaml beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Parameters:
    """The model's figures, each named, described and sourced in parameters.yaml; times are in seconds."""

    hourly: float
    quarter: float
    nightly: float
    streams: int
    news_hourly: float
    news_quarter: float
    news_nightly: float
    news_streams: int
    whole_pages: int
    erp_seconds: float
    plan_seconds: float
    look_seconds: float
    look_stream_seconds: float
    fetch_seconds: float
    page_seconds: float
    transform_seconds: float
    commit_seconds: float
    summarise_seconds: float
    record_failure_seconds: float
    keep_usage_seconds: float
    cold_start_seconds: float
    environment_idle_seconds: float
    table_seconds: float
    queue_seconds: float
    scheduler_retry_seconds: float
    throttled_share: float
    throttled_seconds: float
    outage_seconds: float
    spread_nightly_seconds: float


@dataclass(frozen=True, slots=True)
class Quota:
    """``size`` is what there is (at once, a second, or in the bucket), ``refill`` a bucket's a second.

    ``ours``: a setting of Sluice, not of AWS. ``more`` says whether there can be more, ``then``
    what happens where it is met, ``do`` what to do about it.
    """

    name: str
    what: str
    kind: str
    size: float
    refill: float
    more: str
    source: str
    then: str
    do: str
    ours: bool = False

    def told(self) -> str:
        """Return the figure in words: ``800, then 150 a second``."""
        if self.kind == "bucket":
            return f"{self.size:,.0f}, then {self.refill:,.0f} a second"
        return f"{self.size:,.0f}{' a second' if self.kind == 'rate' else ' at once'}"


Quotas = Mapping[str, Quota]


def parameters(**others: Any) -> Parameters:
    """Return the parameters; ``others`` take the place of what the file says."""
    found = {name: entry["value"] for name, entry in _read("parameters.yaml").items()}
    return replace(Parameters(**{field.name: found[field.name] for field in fields(Parameters)}), **others)


def sources() -> dict[str, str]:
    """Return where each parameter comes from."""
    return {name: entry["source"] for name, entry in _read("parameters.yaml").items()}


def quotas(region: str) -> Quotas:
    """Return the quotas of a region; raises KeyError for one that is not in the file."""
    return {name: _quota(name, entry, region) for name, entry in _read("quotas.yaml")["quotas"].items()}


def day_of_quotas() -> str:
    """Return the day on which the quotas were read."""
    return str(_read("quotas.yaml")["read"])


def _quota(name: str, entry: dict[str, Any], region: str) -> Quota:
    size, refill = entry[region] if entry["kind"] == "bucket" else (entry[region], 0)
    texts = {key: str(entry[key]) for key in ("what", "kind", "more", "source", "then", "do")}
    return Quota(name=name, size=size, refill=refill, ours=entry.get("ours", False), **texts)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text())
    return found
