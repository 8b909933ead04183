"""A declarative source of Airbyte's CDK, a stream to standard output. usage: airbyte_source.py ADDRESS."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from airbyte_cdk.entrypoint import launch
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.sources.declarative.concurrent_declarative_source import ConcurrentDeclarativeSource


def manifest(address: str) -> dict[str, Any]:
    """Return the source as the CDK's documentation has it."""
    requester = {"type": "HttpRequester", "url_base": address, "path": "/customer", "http_method": "GET"}
    paginator = {
        "type": "DefaultPaginator",
        "pagination_strategy": {"type": "OffsetIncrement", "page_size": 1000},
        "page_token_option": _parameter("from"),
        "page_size_option": _parameter("count"),
    }
    records = {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": ["values"]}}
    schema = {
        "type": "object",
        "additionalProperties": True,
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }
    stream = {
        "type": "DeclarativeStream",
        "name": "customer",
        "primary_key": "id",
        "retriever": {
            "type": "SimpleRetriever",
            "requester": requester,
            "record_selector": records,
            "paginator": paginator,
        },
        "schema_loader": {"type": "InlineSchemaLoader", "schema": schema},
    }
    return {
        "version": "6.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["customer"]},
        "streams": [stream],
        "spec": {"type": "Spec", "connection_specification": {"type": "object", "properties": {}}},
    }


def _parameter(name: str) -> dict[str, str]:
    return {"type": "RequestOption", "inject_into": "request_parameter", "field_name": name}


CATALOG = {
    "streams": [
        {
            "stream": {"name": "customer", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
            "sync_mode": "full_refresh",
            "destination_sync_mode": "append",
        }
    ]
}


def main(address: str, work: Path) -> None:
    """Read the stream whole."""
    config, catalog = work / "config.json", work / "catalog.json"
    config.write_text("{}")
    catalog.write_text(json.dumps(CATALOG))
    source = ConcurrentDeclarativeSource(
        catalog=ConfiguredAirbyteCatalogSerializer.load(CATALOG),
        config={},
        state=[],
        source_config=manifest(address),
    )
    launch(source, ["read", "--config", str(config), "--catalog", str(catalog)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], Path(folder))
