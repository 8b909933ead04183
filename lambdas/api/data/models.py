"""The data as the API gives it. Texts are vendors': data, never markup."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from lambdas.api.connection_models import NAME
from lambdas.api.paging import Next
from sluice.usecases.operating.periods import DAY_OR_TIME


class EntityField(BaseModel):
    """A field of an entity."""

    name: str
    title: str
    type: Literal["text", "boolean", "integer", "decimal", "date", "moment", "json"]
    description: str
    personal: bool = Field(description="Whether it holds data of persons.")
    selectable: bool = Field(description="Whether filters and orders may name it.")
    searched: bool = Field(description="Whether `q` looks into it.")
    reference: str | None = Field(description="The entity whose id it is.")
    values: list[str] = Field(description="All that it may be; empty where that is open.")


class EntityModel(BaseModel):
    """An entity in the lake."""

    entity: str
    title: str
    description: str
    records: int
    connections: dict[str, int] = Field(description="Records by connection.")
    last_change: str | None = Field(description="When its newest event was fetched.")
    fields: list[EntityField]


class EntityList(BaseModel):
    """Every entity. There are few: they come in one page."""

    items: list[EntityModel]
    next: None = None


class RecordItem(BaseModel):
    """A record in a listing."""

    key: str = Field(description="What names it in paths of this API.")
    values: dict[str, str | bool | int | None] = Field(
        description="Fields by name; amounts are decimal strings, times ISO 8601 UTC."
    )


class RecordPage(BaseModel):
    """A page of records."""

    items: list[RecordItem]
    next: Next
    total: int | None = Field(description="How many there are altogether; null unless asked for.")


class FieldChange(BaseModel):
    """A field that a version has otherwise than the one before."""

    field: str
    before: Any
    after: Any


class RecordVersion(BaseModel):
    """A version of a record."""

    version: int
    event_id: str
    time: str = Field(description="When it was fetched from the ERP.")
    deleted: bool
    changes: list[FieldChange] = Field(description="Against the version before.")
    run: str | None = Field(description="The run that fetched it; null where that is forgotten.")


class RecordModel(BaseModel):
    """A record as it is now, or was last where it is deleted, with its newest versions."""

    key: str
    entity: str
    connection: str
    connector: str
    source_id: str
    deleted: bool
    data: dict[str, Any] = Field(description="The canonical record.")
    versions: list[RecordVersion] = Field(description="The newest first.")
    version_count: int = Field(description="How many versions there are; the oldest may not be listed.")


class ExportWanted(BaseModel):
    """Which records go to a file, and in which form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"format": "csv", "filter": {"status": "open"}}]},
    )

    format: Literal["csv", "parquet"] = Field(
        description="CSV has formulas neutralised: a spreadsheet shows text and runs none."
    )
    connections: Annotated[list[Annotated[str, Field(pattern=NAME)]], Field(max_length=20)] = []
    q: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    filter: Annotated[dict[str, JsonValue], Field(max_length=20)] = Field(
        default={}, description="Conditions, as in the listing's `filter`."
    )
    changed_since: Annotated[str, Field(pattern=DAY_OR_TIME)] | None = None


class ExportModel(BaseModel):
    """A file. Whoever has the address may fetch it until it expires; the file is gone after a day."""

    name: str
    records: int
    bytes: int
    url: str
    expires_at: str
