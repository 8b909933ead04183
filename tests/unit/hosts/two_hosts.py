"""A toy vendor whose things are at one host and whose deals are at another, under the same path."""

from __future__ import annotations

from sluice.connector.load import load_connector
from sluice.connector.spec import Connector
from tests.unit.connector.scripted import CONNECTOR, STREAM, MemoryDocuments

HERE, THERE = "https://toy.example/v1", "https://deals.example/api/v3"

SETTINGS = CONNECTOR.replace(
    'base_url: {type: string, default: "https://toy.example/v1"}',
    f'base_url: {{type: string, format: uri, default: "{HERE}"}}\n'
    f'    deals_url: {{type: string, format: uri, default: "{THERE}"}}',
)
DEAL = STREAM.replace("stream: thing", "stream: deal") + "base_url: {setting: deals_url}\n"
DETAILED = DEAL + "details: {path: '/thing/{id}', path_parameters: {id: {record: id}}}\n"
DELETED = DEAL + (
    "incremental: {query: {s: {since: date}}, watermark: request_time}\n"
    "deletions: {path: /gone, key: id, request: {query: {s: {since: date}}}}\n"
)
_PARENT = "\n    parent: {type: object, properties: {id: {type: integer, sample: {choice: [7, 8]}}}}\n"
BELOW = (
    DEAL.replace("path: /thing", "path: '/group/{group}/thing'\npath_parameters: {group: {parent: id}}")
    .replace("sample: company_name}\n", "sample: company_name}" + _PARENT)
    .replace("base_url", "parents: {path: /group, key: id}\nbase_url")
)


def two_hosts(deal: str = DEAL, connector: str = SETTINGS) -> Connector:
    """Return the connector; ``deal`` is the stream at the other host, in place of the usual one."""
    files: dict[str, str | bytes] = {
        "connectors/toy/connector.yaml": connector,
        "connectors/toy/thing.yaml": STREAM,
        "connectors/toy/deal.yaml": deal,
    }
    return load_connector(MemoryDocuments(files), "toy")
