"""Comparisons and matches as the API gives them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from lambdas.api.paging import Next


class JoinedBy(BaseModel):
    """What records are joined by, and why."""

    fields: list[str]
    reason: str


class SideCounts(BaseModel):
    """The records of one connection."""

    records: int
    without_key: int
    doubled_keys: int
    records_of_doubled_keys: int


class SideModel(BaseModel):
    """One connection of two."""

    connection: str
    counts: SideCounts


class PairCounts(BaseModel):
    """How many keys are on both sides, on one only, equal, differing, and not compared."""

    only_here: int
    only_there: int
    in_both: int
    equal: int
    differing: int
    not_compared: int


class FieldCounts(BaseModel):
    """How often a field differs, and how often one side has no value."""

    differing: int
    empty_here: int
    empty_there: int


class DifferenceModel(BaseModel):
    """A field's two values."""

    field: str
    here: Any
    there: Any


class ComparedModel(BaseModel):
    """A key with its records on either side."""

    key: list[str] = Field(description="Empty for a record without one.")
    title: str | None = Field(description="What people call the record.")
    here: list[str] = Field(description="Source ids.")
    there: list[str]
    differences: list[DifferenceModel]


class ComparisonPage(BaseModel):
    """Two connections held against each other, and a page of one kind of what came out."""

    entity: str
    key: JoinedBy
    fields: list[str] = Field(description="What was compared.")
    here: SideModel
    there: SideModel
    counts: PairCounts
    by_field: dict[str, FieldCounts]
    items: list[ComparedModel]
    next: Next


class PartyModel(BaseModel):
    """A record that is, or may be, a company among several connections' ones."""

    connection: str
    source_id: str
    name: str
    organisation_number: str | None


class MatchedPair(BaseModel):
    """Two records, how sure it is that they are one company, and why."""

    records: list[PartyModel]
    score: float
    rule: str
    reasons: list[str]


class MatchModel(BaseModel):
    """A group of records that are one company; or, to look at, a pair that may be, and why it is no group."""

    score: float
    records: list[PartyModel]
    doubles: dict[str, list[str]] = Field(description="Source ids, where one connection has several.")
    pairs: list[MatchedPair]
    not_joined: str | None


class MatchCounts(BaseModel):
    """How many of everything."""

    records: dict[str, int]
    groups: int
    groups_with_doubles: int
    pairs: int
    pairs_by_rule: dict[str, int]
    to_look_at: int


class MatchPage(BaseModel):
    """A page of groups, or of pairs to look at."""

    entity: str
    connections: list[str]
    threshold: float
    counts: MatchCounts
    items: list[MatchModel]
    next: Next
