"""How fresh and complete the lake is, and charts over time."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, Field

from lambdas.api.connection_models import NAME
from lambdas.api.data.reading import Connections, Day, OfEntity, day_of, opened
from lambdas.api.routing import Answers, Resource, answer, taking
from sluice.lake.charts import Asked, draw, view_of
from sluice.lake.views import View
from sluice.model.structs import as_dict
from sluice.usecases.data.freshness import Freshness, freshness
from sluice.usecases.data.reader import schemas_of

resource = Resource("data")


class FreshnessModel(BaseModel):
    """An entity of a connection in the lake. Times are ISO 8601 UTC."""

    connection: str
    entity: str
    streams: list[str] = Field(description="The streams that bring it; empty where none does any more.")
    records: int
    deleted: int
    newest_event: str | None
    last_good_run: str | None = Field(
        description="When the stream that was read longest ago was handed over."
    )
    lag_seconds: int | None = Field(
        description="How much older the newest event is than the last good run: long where nothing changed."
    )
    behind: bool = Field(description="Whether a later run published what the lake does not have.")
    completeness: float | None = Field(description="The share of all fields that have a value.")
    filled: dict[str, int] = Field(description="How many records have each field.")
    held: dict[str, str] = Field(description="The streams that are held, each with the id of its API change.")


class FreshnessList(BaseModel):
    """Every entity of every connection. There are few: they come in one page."""

    items: list[FreshnessModel]
    next: None = None


class SeriesModel(BaseModel):
    """One line of a chart."""

    name: str = Field(description="A connection, a currency, or what happened; may be empty for none.")
    values: list[str] = Field(description="A decimal string for each period.")


class ChartModel(BaseModel):
    """A chart over time."""

    chart: str
    title: str
    entity: str
    by: Literal["day", "week", "month"]
    periods: list[str] = Field(description="The first day of each period; weeks begin on Monday.")
    series: list[SeriesModel]


_Chart = Annotated[
    Literal["records", "changes", "invoice_amounts", "outstanding_amounts", "supplier_amounts", "hours"],
    Path(description="Which chart."),
]
_Connection = Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")]
_PARAMETERS: dict[str, tuple[Any, Any]] = {
    "by": (Annotated[Literal["day", "week", "month"], Query(description="How long a period is.")], "month"),
    "entity": (OfEntity | None, None),
    "connections": (Connections, None),
    "since": (Day, None),
    "until": (Day, None),
}


@resource.operation("GET /data/freshness", "How fresh and complete the data are", Answers(FreshnessList))
def list_freshness(connection: _Connection = None) -> Response[str]:
    """Return for each connection and entity the newest event, the last good run, and how complete it is."""
    world = resource.world
    schemas = schemas_of(world.catalog)
    with opened(world, [View(entity) for entity in schemas]) as lake:
        found = list(freshness(world, lake.database, schemas, connection))
    return answer(FreshnessList(items=[_fresh(one) for one in found]))


@resource.operation("GET /data/charts/{chart}", "A chart over time", Answers(ChartModel))
@taking(_PARAMETERS)
def show_chart(chart: _Chart, **given: Any) -> Response[str]:
    """Return the lines of a chart by day, week or month.

    `records` and `changes` are of an entity; amounts are summed by currency, hours by connection. A period
    counts as a whole; without `since`, the last 30 days, 26 weeks or 12 months are drawn.
    """
    world = resource.world
    asked = Asked(
        chart=chart,
        by=given["by"],
        entity=given["entity"] or "",
        connections=tuple(given["connections"] or ()),
        since=day_of(given["since"], "since"),
        until=day_of(given["until"], "until"),
    )
    view = view_of(asked, list(schemas_of(world.catalog)))
    with opened(world, [view]) as lake:
        drawn = draw(lake.database, view, asked, world.clock.now().date())
    return answer(ChartModel(chart=chart, **as_dict(drawn)))


def _fresh(one: Freshness) -> FreshnessModel:
    return FreshnessModel(**one.to_json())
