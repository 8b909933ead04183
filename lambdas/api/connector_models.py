"""Connectors as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lambdas.api.audit import Reason
from lambdas.api.connection_models import CONNECTOR, NAME, STREAM
from lambdas.api.paging import Next
from lambdas.api.problems import FaultModel

MOST_FILES = 300
LARGEST_FILE = 256 * 1024
LARGEST_REPLY = 1024 * 1024
LARGEST_DESCRIPTION = 4 * 1024 * 1024
"""Characters; Lambda takes requests of 6 MB."""

_PATH = r"^(connectors|transformers)/[a-z][a-z0-9_]{0,39}/[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\.(yaml|yml|md)$"

FilePath = Annotated[str, Field(pattern=_PATH, max_length=160)]
Files = Annotated[
    dict[FilePath, Annotated[str, Field(max_length=LARGEST_FILE)]],
    Field(
        min_length=1,
        max_length=MOST_FILES,
        description="By path: `connectors/NAME/...` and `transformers/NAME/...`.",
    ),
]
Names = Annotated[
    list[Annotated[str, Field(pattern=NAME)]],
    Field(max_length=200, description="For these connections only. Without: for all."),
]


class ConnectorSummary(BaseModel):
    """A connector in a listing."""

    name: str
    title: str
    streams: list[str]
    valid: bool
    faults: list[str] = Field(description="What is wrong with its files.")
    certified: str = Field(description="When it was certified; empty for never.")
    registered: bool = Field(
        description="Whether a version holds that was registered since the code was deployed."
    )


class ConnectorPage(BaseModel):
    """A page of connectors."""

    items: list[ConnectorSummary]
    next: Next


class SecretModel(BaseModel):
    """A secret that a connection gives."""

    title: str
    description: str
    optional: bool


class StreamModel(BaseModel):
    """A stream of a connector."""

    name: str
    title: str
    description: str
    entity: str = Field(description="The kind of the canonical model that its records become.")
    key: list[str]
    incremental: bool
    deletions: bool
    details: bool = Field(description="Whether each record is asked for by itself.")
    personal: bool


class ConnectorModel(BaseModel):
    """A connector with all that it is chosen by."""

    name: str
    title: str
    description: str
    documentation: str = Field(description="The vendor's documentation.")
    authentication: str
    settings: dict[str, Any] = Field(description="The JSON Schema of a connection's settings.")
    secrets: dict[str, SecretModel]
    streams: list[StreamModel]
    quality: dict[str, Any] | None = Field(description="What it was certified by; null for never.")
    notes: str = Field(
        description="What is known of it, as Markdown, with its sources. Vendors' words may be in it."
    )
    version: int = Field(description="The registered version that holds for all; 0 is what was deployed.")


class FieldModel(BaseModel):
    """A field of a stream's records, as the ERP is relied on to send it."""

    path: str = Field(description="Names only, also below lists.", examples=["customer.id"])
    types: list[str] = Field(description="As JSON Schema names them.", examples=[["string", "null"]])
    form: str = Field(description="The format of a text, as JSON Schema names it; empty for any.")
    required: bool
    becomes: list[str] = Field(description="Canonical fields.", examples=[["invoice.customer_id"]])


class StreamContractModel(BaseModel):
    """What a stream relies on; what differs from it in a run is an API change."""

    connector: str
    stream: str
    entity: str
    fields: list[FieldModel]


class VersionModel(BaseModel):
    """A registered version of a connector."""

    number: int
    digest: str
    who: str
    reason: str
    at: str
    holds: bool = Field(description="Whether it holds for all connections without a version of their own.")
    connections: list[str] = Field(description="For which it holds alone.")


class VersionPage(BaseModel):
    """A page of versions, the newest first."""

    items: list[VersionModel]
    delivered: bool = Field(
        description="Whether it was deployed with the code: only then is there a version 0 to go back to."
    )
    next: Next


class NewVersion(BaseModel):
    """The files of a connector, by path."""

    model_config = ConfigDict(extra="forbid")

    files: Files
    reason: Reason = ""
    connections: Names = Field(default_factory=list)


class Rollback(BaseModel):
    """Which version is to hold again."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[int, Field(ge=0, le=999_999)] | None = Field(
        default=None, description="0 is what was deployed, if anything was. Without: the one before."
    )
    reason: Reason = ""
    connections: Names = Field(default_factory=list)


class RegisteredModel(BaseModel):
    """What holds now."""

    connector: str
    version: int
    before: int
    connections: list[str]
    streams: list[str]
    read_again: list[str] = Field(description="Streams that their next run reads whole.")


class PastedReply(BaseModel):
    """A reply of an ERP, as a person pasted it."""

    model_config = ConfigDict(extra="forbid")

    stream: Annotated[str, Field(pattern=STREAM)]
    body: Annotated[str, Field(max_length=LARGEST_REPLY, description="The reply's body, as text.")]
    status: Annotated[int, Field(ge=100, le=599)] = 200
    content_type: Annotated[str, Field(max_length=200, pattern=r"^[ -~]*$")] = "application/json"
    files: Files | None = Field(
        default=None, description="Read and mapped by these files, which nobody has registered yet."
    )


class Description(BaseModel):
    """A description of an API, of which a connector is to be drafted."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=CONNECTOR, description="What the connector is to be called.")]
    description: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LARGEST_DESCRIPTION,
            description="An OpenAPI document (JSON or YAML), or OData $metadata, as text.",
        ),
    ]
    paths: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=300)]],
        Field(
            max_length=100,
            description="The lists to take: `PATH` or `PATH=ENTITY`. Without: all that are recognised.",
        ),
    ] = Field(default_factory=list)


class RemarkModel(BaseModel):
    """A sentence on one file of a draft."""

    file: str = Field(examples=["customer.yaml"])
    text: str


class DraftModel(BaseModel):
    """The draft of a connector. Nothing of it is stored. Vendors' words are in it."""

    files: dict[str, str] = Field(description="By path, as registering takes them.")
    streams: list[str]
    form: str = Field(description="What kind of description it was read as.", examples=["OpenAPI 3.0.1"])
    questions: list[RemarkModel] = Field(description="What a person has to look up or decide.")
    decided: list[RemarkModel] = Field(description="What was decided, and why.")
    left_out: list[str] = Field(description="Lists of the description that no stream was made of.")
    faults: list[FaultModel] = Field(description="What the files lack to be registered.")


class PreviewedModel(BaseModel):
    """What became of one record."""

    source_id: str | None
    record: dict[str, Any] = Field(description="As the ERP sent it.")
    data: dict[str, Any] | None = Field(description="The canonical record; null where it has faults.")
    faults: list[FaultModel]
    skipped: bool = Field(description="Whether the mapping leaves such records out.")


class PreviewModel(BaseModel):
    """What a connector makes of a reply."""

    entity: str
    read: int = Field(description="How many records the reply has; at most 100 are shown.")
    records: list[PreviewedModel]
    faults: list[FaultModel] = Field(description="What is wrong with the reply as a whole.")
