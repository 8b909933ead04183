from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sluice.bootstrap.documents import ROOT, catalog
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


def test_what_a_stream_relies_on_is_told_with_what_it_becomes(client: Client) -> None:
    shown = client("GET", "/connectors/toy/streams/department", group="viewer").json
    assert (shown["entity"], [one["path"] for one in shown["fields"]]) == ("department", ["id", "name"])
    assert shown["fields"][0]["types"] == ["integer"]
    assert [one["required"] for one in shown["fields"]] == [True, False]
    assert shown["fields"][1]["becomes"] == ["department.name"]
    for path in ("/connectors/toy/streams/none", "/connectors/none/streams/customer"):
        assert client("GET", path).status == 404


def test_fields_below_objects_and_lists_are_told_too(client: Client) -> None:
    client.rig.desk = ConnectionDesk(replace(client.rig.world, catalog=catalog()), client.rig.schedules)
    fields = {one["path"]: one for one in client("GET", "/connectors/fiken/streams/invoice").json["fields"]}
    assert fields["lines.productId"]["becomes"] == ["invoice.lines.product_id"]
    assert fields["customer.contactId"]["becomes"] == ["invoice.customer_id"]
    assert fields["issueDate"]["form"] == "date"


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
    assert client("GET", "/connectors/toy/versions").json["delivered"] is True
    assert client("GET", "/connectors/tiny/versions").json["delivered"] is False
    for wanted in ({"to": 0}, {}):
        refused = client("POST", "/connectors/tiny/rollback", wanted)
        assert (refused.status, refused.json["errors"][0]["code"]) == (409, "never_delivered")
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


def test_a_reply_is_read_by_files_that_nobody_has_registered(client: Client) -> None:
    files = {path.replace("toy", "tiny"): text.replace("toy", "tiny") for path, text in FILES.items()}
    body = {"stream": "department", "body": REPLY, "files": files}
    found = client("POST", "/connectors/tiny/preview", body, group="viewer").json
    assert (found["entity"], found["read"], found["records"][0]["source_id"]) == ("department", 2, "1")
    assert client("GET", "/connectors/tiny").status == 404
    wrong = {**files, "transformers/tiny/department.yaml": "format: 1\nentity: department\n"}
    refused = client("POST", "/connectors/tiny/preview", {**body, "files": wrong})
    pointers = {fault["pointer"] for fault in refused.json["errors"]}
    assert (refused.status, pointers) == (422, {"/files/transformers~1tiny~1department.yaml"})
    strange = client("POST", "/connectors/toy/preview", body)
    assert (strange.status, strange.json["errors"][0]["code"]) == (422, "other_connector")


def test_faults_of_files_point_at_the_file_and_say_the_line(client: Client) -> None:
    wrong = {**FILES, "connectors/toy/department.yaml": WHOLE + "nonsense: 1\n"}
    [fault] = client("POST", "/connectors/toy/versions", {"files": wrong}).json["errors"]
    assert fault["pointer"] == "/files/connectors~1toy~1department.yaml"
    assert fault["detail"].startswith(f"line {len(WHOLE.splitlines()) + 1} /nonsense: ")


def test_a_connector_is_drafted_from_a_description(client: Client) -> None:
    text = (ROOT / "docs/tutorial/bygdeverk.openapi.yaml").read_text()
    body = {"name": "bygdeverk", "description": text}
    made = client("POST", "/connectors/drafts", body, group="operator").json
    assert (made["streams"], made["form"]) == (["customer", "project"], "OpenAPI 3.0.3 1.4")
    assert {"connectors/bygdeverk/connector.yaml", "connectors/bygdeverk/NOTES.md"} <= set(made["files"])
    assert made["questions"]
    assert made["decided"]
    one = client("POST", "/connectors/drafts", {**body, "paths": ["/companies/{companyId}/clients=supplier"]})
    assert (one.status, one.json["streams"]) == (200, ["supplier"])
    assert client("GET", "/connectors/bygdeverk").status == 404
    # What a person has to fill in is told as registering would tell it.
    refused = client("POST", "/connectors/bygdeverk/versions", {"files": made["files"]})
    assert (refused.status, refused.json["errors"]) == (422, made["faults"])


def test_what_no_connector_can_be_drafted_from_says_why(client: Client) -> None:
    text = (ROOT / "docs/tutorial/bygdeverk.openapi.yaml").read_text()
    for body, code in (
        ({"name": "toy", "description": text}, "connector_exists"),
        ({"name": "new", "description": "{}"}, "unknown_form"),
        ({"name": "new", "description": "{"}, "json_syntax"),
        ({"name": "new", "description": '{"type": "object", "properties": {"a": {}}}'}, "other_form"),
        ({"name": "new", "description": text, "paths": ["/nothing"]}, "no_such_list"),
    ):
        refused = client("POST", "/connectors/drafts", body)
        assert (refused.status, refused.json["errors"][0]["code"]) == (422, code)
    assert (
        client("POST", "/connectors/drafts", {"name": "new", "description": text}, group="ops").status == 403
    )
