from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sluice.bootstrap import ROOT, catalog
from sluice.local.folder_documents import FolderDocuments
from sluice.registry.packages import files_of
from sluice.usecases.connections import ConnectionDesk
from tests.flows.toy_erp import CONNECTOR, MAPPING, WHOLE
from tests.unit.api.client import Client

FILES = {
    "connectors/toy/connector.yaml": CONNECTOR,
    "connectors/toy/department.yaml": WHOLE,
    "transformers/toy/department.yaml": MAPPING.format(stream="department"),
}
REPLY = json.dumps({"total": 2, "values": [{"id": 1, "name": "<script>alert(1)</script>"}, {"id": {"a": 1}}]})


def test_connectors_are_listed_and_shown(client: Client) -> None:
    listed = client("GET", "/connectors", group="viewer").json
    assert [(one["name"], one["valid"], one["registered"]) for one in listed["items"]] == [
        ("toy", True, False)
    ]
    shown = client("GET", "/connectors/toy", group="viewer").json
    assert shown["settings"]["properties"]["base_url"]["default"] == "https://erp.example"
    assert shown["secrets"] == {"key": {"title": "Key", "description": "The key", "optional": False}}
    streams = {one["name"]: (one["entity"], one["incremental"]) for one in shown["streams"]}
    assert streams == {"customer": ("customer", True), "department": ("department", False)}
    assert (shown["quality"], shown["version"]) == (None, 0)
    assert client("GET", "/connectors/none").status == 404


def test_the_delivered_ones_tell_what_they_were_certified_by(client: Client) -> None:
    client.rig.desk = ConnectionDesk(replace(client.rig.world, catalog=catalog()), client.rig.schedules)
    shown = client("GET", "/connectors/fiken").json
    assert shown["quality"]["connector"] == "fiken"
    assert shown["quality"]["rules"]
    assert shown["notes"] == (ROOT / "connectors/fiken/NOTES.md").read_text()
    page = client("GET", "/connectors", query={"limit": "2"}).json
    names = [one["name"] for one in page["items"]]
    more = client("GET", "/connectors", query={"limit": "2", "cursor": page["next"]}).json
    assert names + [one["name"] for one in more["items"]] == catalog().names()[:4]


def test_a_version_is_registered_listed_and_rolled_back(client: Client) -> None:
    body: dict[str, Any] = {"files": FILES, "reason": "no customers"}
    done = client("POST", "/connectors/toy/versions", body, user="ola", group="operator")
    # A connection of another version may have the stream that is gone: none has it by name.
    assert (done.status, done.json["version"], done.json["streams"]) == (200, 1, ["department"])
    assert client("GET", "/connectors/toy").json["version"] == 1
    [version] = client("GET", "/connectors/toy/versions").json["items"]
    assert (version["who"], version["reason"], version["holds"]) == ("ola", "no customers", True)
    back = client("POST", "/connectors/toy/rollback", {"to": 0})
    assert (back.status, back.json["version"], back.json["before"]) == (200, 0, 1)
    again = client("POST", "/connectors/toy/rollback", {"to": 0})
    assert (again.status, again.json["errors"][0]["code"]) == (409, "holds_already")
    assert client("POST", "/connectors/toy/rollback", {"to": 7}).status == 422


def test_versions_come_in_pages_newest_first(client: Client) -> None:
    for number in range(3):
        files = {**FILES, "connectors/toy/NOTES.md": f"# Notes {number}\n"}
        assert client("POST", "/connectors/toy/versions", {"files": files}).status == 200
    first = client("GET", "/connectors/toy/versions", query={"limit": "2"}).json
    rest = client("GET", "/connectors/toy/versions", query={"limit": "2", "cursor": first["next"]}).json
    assert [one["number"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert client("GET", "/connectors/none/versions").status == 404


def test_a_new_connector_is_let_in(client: Client) -> None:
    files = {path.replace("toy", "tiny"): text.replace("toy", "tiny") for path, text in FILES.items()}
    assert client("POST", "/connectors/tiny/versions", {"files": files}).status == 200
    assert client("GET", "/connectors/tiny").json["title"] == "Toy ERP"
    added = client("POST", "/connections", {"name": "beta", "connector": "tiny", "secrets": {"key": "x"}})
    assert added.status == 201


def test_files_that_are_wrong_are_refused_with_their_places(client: Client) -> None:
    wrong = {**FILES, "connectors/toy/department.yaml": WHOLE + "nonsense: 1\n"}
    answer = client("POST", "/connectors/toy/versions", {"files": wrong})
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "unknown_key")
    stranger = {**FILES, "connectors/fiken/connector.yaml": CONNECTOR}
    answer = client("POST", "/connectors/toy/versions", {"files": stranger})
    assert answer.json["errors"][0]["pointer"] == "/files/connectors~1fiken~1connector.yaml"
    for path in ("connectors/toy/../../etc/passwd.yaml", "/etc/passwd.yaml", "connectors/toy/run.py"):
        assert client("POST", "/connectors/toy/versions", {"files": {path: ""}}).status == 422, path
    assert client("GET", "/connectors/toy/versions").json["items"] == []


def test_files_are_bounded(client: Client) -> None:
    large = {f"connectors/toy/notes{number}.md": "x" * 250_000 for number in range(9)}
    answer = client("POST", "/connectors/toy/versions", {"files": {**FILES, **large}})
    assert (answer.status, answer.json["type"]) == (413, "urn:sluice:problem:too_large")


def test_the_largest_connector_there_is_fits(client: Client) -> None:
    documents = FolderDocuments(ROOT)
    for folder in sorted((ROOT / "connectors").glob("*/connector.yaml")):
        files = files_of(documents, folder.parent.name)
        assert sum(map(len, files.values())) < 1_000_000
        assert len(files) < 300
        assert all(Path(path).suffix in {".yaml", ".yml", ".md"} for path in files)


def test_a_pasted_reply_is_read_and_mapped_as_in_a_run(client: Client) -> None:
    found = client("POST", "/connectors/toy/preview", {"stream": "department", "body": REPLY}).json
    assert (found["entity"], found["read"], found["faults"]) == ("department", 2, [])
    good, bad = found["records"]
    # Vendors' texts go through as data, whatever they look like.
    assert (good["source_id"], good["data"]["name"]) == ("1", "<script>alert(1)</script>")
    assert bad["data"] is None
    assert bad["faults"]


def test_a_reply_that_is_no_page_says_why(client: Client) -> None:
    for body, more, says in (
        ("<html>", {}, "web page"),
        ("{}", {}, "expected a list of records at values"),
        ('{"message": "no"}', {"status": 401}, "status 401"),
        ("{", {}, ""),
    ):
        found = client("POST", "/connectors/toy/preview", {"stream": "department", "body": body, **more}).json
        assert found["read"] == 0
        assert says in found["faults"][0]["detail"]
    unknown = client("POST", "/connectors/toy/preview", {"stream": "nothing", "body": REPLY})
    assert (unknown.status, unknown.json["errors"][0]["code"]) == (422, "unknown_stream")
