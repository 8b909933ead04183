"""Invalid connectors: each says what is wrong, where, and in which line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.connector.load import check_connector, connector_names, load_connector
from sluice.connector.spec import PageKind
from sluice.errors import ConfigurationInvalid
from tests import yaml_text
from tests.unit.connector.scripted import (
    CONNECTOR,
    SESSION_AUTH,
    STREAM,
    MemoryDocuments,
    documents,
    toy,
)

INCREMENTAL = "incremental: {query: {since: {since: datetime}}, watermark: request_time}\n"
PAGINATION = (
    "pagination: {kind: offset, offset: {query: from}, limit: {query: count}, size: 2, total: {body: total}}"
)
SECRETS = "secrets:\n  api_key: {title: Key}"
BEARER = "auth: {kind: bearer, token: {secret: api_key}}"

CASES = yaml_text.read((Path(__file__).parent / "invalid_manifests.yaml").read_text("utf-8"))


def named(case: dict[str, Any]) -> str:
    return f"{case['fault']['code']} {case['fault']['at']}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_fault_is_found_with_its_place_and_what_would_be_right(case: dict[str, Any]) -> None:
    files = {"connector": CONNECTOR, "stream": STREAM}
    assert case["replace"] in files[case["file"]]
    files[case["file"]] = files[case["file"]].replace(case["replace"], case["by"], 1)
    found = check_connector(documents(**files), "toy")
    file = "connector.yaml" if case["file"] == "connector" else "thing.yaml"
    place = f"connectors/toy/{file}:{case['fault']['line']}"
    key = (case["fault"]["code"], case["fault"]["at"], place)
    fitting = [fault for fault in found if (fault.code, fault.pointer, fault.source) == key]
    assert fitting, found
    assert case["fault"]["says"] in fitting[0].message


@pytest.mark.parametrize(
    "title", ["[" * 40, "{a: {b: [" + "x, " * 100_001 + "]}}", "x" * 600_000], ids=["deep", "wide", "long"]
)
def test_a_file_that_is_too_much_is_refused_before_it_is_understood(title: str) -> None:
    found = check_connector(documents(CONNECTOR.replace("title: Toy", f"title: {title}")), "toy")
    assert [fault.code for fault in found] == ["too_large"]


def test_all_faults_of_all_files_come_at_once() -> None:
    broken = documents(
        CONNECTOR.replace("title: Toy", "titel: Toy").replace("size: 2", "size: 0"),
        STREAM.replace("key: id", "kei: id"),
    )
    with pytest.raises(ConfigurationInvalid) as caught:
        load_connector(broken, "toy")
    assert [(fault.code, fault.source) for fault in caught.value.faults] == [
        ("missing_key", "connectors/toy/connector.yaml:1"),
        ("unknown_key", "connectors/toy/connector.yaml:3"),
        ("out_of_range", "connectors/toy/connector.yaml:14"),
        ("missing_key", "connectors/toy/thing.yaml:1"),
        ("unknown_key", "connectors/toy/thing.yaml:5"),
    ]
    assert "connectors/toy/connector.yaml:3#/titel" in str(caught.value)


def test_of_one_stream_nothing_is_read_of_the_others() -> None:
    files = {"connector": CONNECTOR, "thing": STREAM, "other": STREAM.replace("key: id", "kei: id")}
    broken = MemoryDocuments({f"connectors/toy/{name}.yaml": text for name, text in files.items()})
    assert list(load_connector(broken, "toy", only="thing").streams) == ["thing"]
    for only in ("other", "neither"):
        with pytest.raises(ConfigurationInvalid) as caught:
            load_connector(broken, "toy", only=only)
        assert {fault.source.rpartition(":")[0] for fault in caught.value.faults} == {
            "connectors/toy/other.yaml"
        }


def test_an_unknown_connector_is_told_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationInvalid, match="did you mean 'toy'"):
        load_connector(documents(), "tyo")


def test_a_connector_without_streams_is_a_fault() -> None:
    alone = MemoryDocuments({"connectors/toy/connector.yaml": CONNECTOR})
    assert [fault.code for fault in check_connector(alone, "toy")] == ["no_streams"]


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    broken = MemoryDocuments({"connectors/toy/connector.yaml": b"format: 1\nname: \xff\n"})
    faults = check_connector(broken, "toy")
    assert (faults[0].code, faults[0].source) == ("not_utf8", "connectors/toy/connector.yaml:2")


def test_the_names_of_connectors_are_those_of_their_folders() -> None:
    several = MemoryDocuments(
        {
            "connectors/toy/connector.yaml": "",
            "connectors/b/connector.yaml": "",
            "connectors/b/x.yaml": "",
            "connectors/a.yaml": "",
        }
    )
    assert connector_names(several) == ["b", "toy"]


def test_a_stream_takes_over_what_it_does_not_say_itself() -> None:
    defaults = CONNECTOR + "request: {headers: {A: '1', B: '2'}, query: {fields: {fields: commas}}}\n"
    own = STREAM + "request: {headers: {B: '3'}}\nrecords: ''\npagination: {kind: single}\n"
    stream = toy(defaults, own).streams["thing"]
    assert {name: str(value) for name, value in stream.request.headers.items()} == {
        "A": "Literal(value='1')",
        "B": "Literal(value='3')",
    }
    assert stream.pagination.kind is PageKind.SINGLE
    assert stream.records == ()
    assert list(stream.request.query) == ["fields"]


def test_words_that_yaml_1_1_takes_for_booleans_are_text() -> None:
    stream = STREAM.replace("sample: company_name", "sample: {choice: [NO, on, yes, 012, 1_0, 12:30]}")
    found = toy(stream=stream).streams["thing"].schema["properties"]["name"]["sample"]["choice"]
    assert found == ["NO", "on", "yes", "012", "1_0", "12:30"]


def test_an_object_in_a_body_that_is_no_call_stays_an_object() -> None:
    body = "request: {method: POST, body: {page: {number: 1, size: 2}, setting: {a: 1, b: 2}}}\n"
    faults = check_connector(documents(stream=STREAM + body), "toy")
    assert faults == []


def test_a_template_is_text() -> None:
    for text in ("{{secret}}", "${api_key}", "$(api_key)", "{0.__class__}"):
        toy(stream=STREAM + f"request: {{headers: {{X: '{text}'}}}}\n")


def test_a_session_is_loaded_and_its_login_cannot_use_what_it_captures() -> None:
    connector = CONNECTOR.replace(BEARER + "\n", SESSION_AUTH)
    assert toy(connector).auth.capture == {"token": ("token",)}
    early = connector.replace("{key: {secret: api_key}}", "{key: {captured: token}}")
    assert [fault.code for fault in check_connector(documents(early), "toy")] == ["unknown_captured"]
    both = connector.replace("body: {key", "form: {a: b}, body: {key")
    assert "not both" in check_connector(documents(both), "toy")[0].message


def test_a_stream_with_everything_loads() -> None:
    stream = toy(stream=STREAM + INCREMENTAL + "personal: true\nsandbox: {records: 7}\n").streams["thing"]
    assert stream.incremental is not None
    assert stream.incremental.lookback_minutes == 10
    assert (stream.personal, stream.sandbox_records) == (True, 7)


def test_what_replies_are_held_against_is_loaded_and_a_stream_may_say_otherwise_than_its_connector() -> None:
    defaults = CONNECTOR + "version_header: X-Rev\nomits_empty: true\n"
    checked = INCREMENTAL.replace("watermark:", "check: name, watermark:")
    one = toy(defaults, STREAM + "order: name\ndescending: true\n" + checked)
    stream = one.streams["thing"]
    assert (one.version_header, stream.omits_empty, stream.order, stream.descending) == (
        "X-Rev",
        True,
        ("name",),
        True,
    )
    assert stream.incremental is not None
    assert stream.incremental.check == ("name",)
    assert toy(defaults, STREAM + "omits_empty: false\n").streams["thing"].omits_empty is False
    assert toy().streams["thing"].order is None
