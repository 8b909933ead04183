"""Two connections held against each other, and companies that are in several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from lambdas.api.connection_models import NAME
from lambdas.api.data.comparison_models import (
    ComparedModel,
    ComparisonPage,
    DifferenceModel,
    MatchCounts,
    MatchedPair,
    MatchModel,
    MatchPage,
    PartyModel,
)
from lambdas.api.data.reading import (
    Connections,
    Fields,
    LongCursor,
    OfEntity,
    opened,
    schema_of,
    scope_of,
)
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, cursor_of
from lambdas.api.problems import Problem
from lambdas.api.routing import Answers, Resource, answer, taking
from sluice.lake.matching.finding import THRESHOLD
from sluice.lake.views import View
from sluice.usecases.data.compare import Compared, Comparing, SideBySide, joined
from sluice.usecases.data.match import Matching, match
from sluice.usecases.data.within import require_few

resource = Resource("data")

MOST_COMPARED = 500_000
MOST_MATCHED = 20_000
"""Records that a request can wait for; more of them the command line compares and matches."""

_Two = Annotated[
    list[Annotated[str, Field(pattern=NAME)]],
    Query(min_length=2, max_length=2, description="Two connections, with a comma: here and there."),
]
_Kind = Annotated[
    Literal[
        "differing",
        "only_here",
        "only_there",
        "doubles_here",
        "doubles_there",
        "without_key_here",
        "without_key_there",
    ],
    Query(description="What is listed; all of it is counted."),
]
_PARAMETERS: dict[str, tuple[Any, Any]] = {
    "by": (Fields, None),
    "fields": (Fields, None),
    "kind": (_Kind, "differing"),
    "limit": (Limit, USUAL),
    "cursor": (LongCursor, None),
}
_Companies = Annotated[Literal["customer", "supplier"], Query(description="What is matched.")]
_Threshold = Annotated[
    float, Query(ge=0.01, le=1, description="Score from which two records are one company.")
]
_Listed = Annotated[
    Literal["groups", "to_look_at"], Query(description="Groups, or pairs that may be one company.")
]


_MATCHED_BY: dict[str, tuple[Any, Any]] = {
    "connections": (Connections, None),
    "threshold": (_Threshold, THRESHOLD),
    "kind": (_Listed, "groups"),
    "cursor": (Cursor, None),
}


@resource.operation(
    "GET /data/compare", "Compare two connections", Answers(ComparisonPage, problems=(400, 404))
)
@taking(_PARAMETERS)
def compare_connections(entity: OfEntity, connections: _Two, **given: Any) -> Response[str]:
    """Return what is only here, only there, differing field by field, doubled or without a key; all counted.

    Records are joined by a key: the entity's own, or the fields of `by`.
    """
    schema = schema_of(resource.world, entity)
    wanted = Comparing(entity, tuple(connections), tuple(given["by"] or ()), tuple(given["fields"] or ()))
    joined(schema, wanted)  # what is wrong with it is told before anything is read
    kind, limit = given["kind"], given["limit"]
    scope = scope_of("compare", wanted, kind)
    after = after_of(given["cursor"], scope)
    with opened(resource.world, [View(entity)]) as lake:
        require_few(lake.database, entity, connections, MOST_COMPARED)
        both = lake.kept(wanted, lambda stack: SideBySide(lake.database, schema, wanted, stack))
        found = both.page(kind, after, limit + 1)
    items = [_compared(one) for one in found[:limit]]
    more = cursor_of(SideBySide.place(found[limit - 1]), scope) if len(found) > limit else None
    told = {name: both.told[name] for name in ("key", "fields", "here", "there", "counts", "by_field")}
    return answer(ComparisonPage(entity=entity, items=items, next=more, **told))


@resource.operation("GET /data/match", "Companies in several ERPs", Answers(MatchPage, problems=(400,)))
@taking(_MATCHED_BY)
def match_companies(entity: _Companies = "customer", limit: Limit = USUAL, **given: Any) -> Response[str]:
    """Return records that are one company, by number, then name and address: each with score and reasons."""
    threshold, kind = given["threshold"], given["kind"]
    with opened(resource.world, [View(entity)]) as lake:
        names = require_few(lake.database, entity, given["connections"] or (), MOST_MATCHED)
        asked = ("match", entity, tuple(names), threshold)
        scope = scope_of(*asked, kind)
        first = _number(after_of(given["cursor"], scope))
        found = lake.kept(asked, lambda _: match(lake.database, entity, names, threshold))
    listed = found.groups() if kind == "groups" else found.to_look_at()
    items = [_matched(one) for one in islice(listed, first, first + limit + 1)]
    more = cursor_of(str(first + limit), scope) if len(items) > limit else None
    return answer(
        MatchPage(
            entity=entity,
            connections=list(names),
            threshold=threshold,
            counts=MatchCounts(**_counts(found)),
            items=items[:limit],
            next=more,
        )
    )


def _compared(one: Compared) -> ComparedModel:
    differences = [DifferenceModel(field=name, **values) for name, values in one.fields.items()]
    return ComparedModel(
        key=list(one.key),
        title=one.title,
        here=list(one.here),
        there=list(one.there),
        differences=differences,
    )


def _counts(found: Matching) -> dict[str, Any]:
    counts = found.counts()
    return {name: counts[name] for name in MatchCounts.model_fields}


def _matched(one: dict[str, Any]) -> MatchModel:
    pairs = one.get("pairs") or [one]
    return MatchModel(
        score=one["score"],
        records=[PartyModel(**record) for record in one["records"]],
        doubles=one.get("doubles", {}),
        pairs=list(_pairs(pairs)),
        not_joined=one.get("not_joined"),
    )


def _pairs(pairs: list[dict[str, Any]]) -> Iterator[MatchedPair]:
    for pair in pairs:
        yield MatchedPair(**{name: pair[name] for name in MatchedPair.model_fields})


def _number(after: str) -> int:
    if after and not after.isdecimal():
        raise Problem(400, "wrong_cursor", "the cursor is none of this listing")
    return int(after or 0)
