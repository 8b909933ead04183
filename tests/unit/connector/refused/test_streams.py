"""Streams that cannot be meant: two of one name, keys of no field, parents of parents, numbers of no use."""

from __future__ import annotations

import time

import pytest

from sluice.connector.load import check_connector
from tests.unit.connector.scripted import CONNECTOR, STREAM, MemoryDocuments, documents, query_of, reader, toy

INDEX = "connectors/toy/connector.yaml"
ALLOW_LISTS = ("redirects", "allowed_hosts", "redirect_hosts", "hosts", "allow_redirects", "follow_redirects")


def found(files: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return code, pointer and file of every fault of the toy with these streams."""
    documents = MemoryDocuments(
        {INDEX: CONNECTOR} | {f"connectors/toy/{name}": text for name, text in files.items()}
    )
    faults = check_connector(documents, "toy")
    return [(fault.code, fault.pointer, fault.source.rpartition("/")[2]) for fault in faults]


@pytest.mark.parametrize("other", ["thing.yml", "Thing.yaml", "THING.yml"])
def test_two_files_are_not_one_stream(other: str) -> None:
    assert ("duplicate_stream", "") in {fault[:2] for fault in found({"thing.yaml": STREAM, other: STREAM})}


@pytest.mark.parametrize("name", ["Thing", "THING", "th\u00efng", "thing ", "th-ing", ""])
def test_a_streams_name_is_in_small_letters_so_that_no_two_differ_by_case(name: str) -> None:
    stream = STREAM.replace("stream: thing", f'stream: "{name}"')
    assert ("bad_form", "/stream", "thing.yaml:2") in found({"thing.yaml": stream})


@pytest.mark.parametrize(
    ("key", "code", "pointer"),
    [
        ("", "missing_key", ""),
        ("key:\n", "wrong_type", "/key"),
        ("key: ''\n", "out_of_range", "/key"),
        ("key: []\n", "out_of_range", "/key"),
        ("key: [id, id]\n", "duplicate", "/key"),
        ("key: nr\n", "unknown_field", "/key"),
        ("key: [id, nr]\n", "unknown_field", "/key/1"),
        ("key: id.no\n", "unknown_field", "/key"),
    ],
)
def test_a_key_is_there_and_is_of_declared_fields(key: str, code: str, pointer: str) -> None:
    faults = found({"thing.yaml": STREAM.replace("key: id\n", key)})
    assert (code, pointer) in {fault[:2] for fault in faults}, faults


@pytest.mark.parametrize(
    "parents",
    ["{path: /thing, key: id, parents: {path: /thing, key: id}}", "{stream: thing}", "[thing]", "thing"],
)
def test_parents_have_no_parents_so_that_nothing_goes_round(parents: str) -> None:
    faults = found({"thing.yaml": STREAM + f"parents: {parents}\n"})
    assert faults
    assert {code for code, _, _ in faults} <= {"unknown_key", "missing_key", "wrong_type"}
    assert all(pointer.startswith("/parents") for _, pointer, _ in faults)


@pytest.mark.parametrize("name", ALLOW_LISTS)
@pytest.mark.parametrize("hosts", ["['*']", "['*.com']", "['*.amazonaws.com']", "true"])
def test_nobody_widens_where_requests_may_go(name: str, hosts: str) -> None:
    """There is no list of hosts to redirect to: the keys by which others know one are refused."""
    for place, text in (("connector", CONNECTOR), ("stream", STREAM)):
        files = {place: text + f"{name}: {hosts}\n"}
        faults = check_connector(documents(**files), "toy")
        assert ("unknown_key", f"/{name}") in {(fault.code, fault.pointer) for fault in faults}


@pytest.mark.parametrize(
    "size", ["-1", "0", "1000000000", "'100'", "null", "1.5", ".nan", ".inf", "[2]", "true"]
)
@pytest.mark.parametrize("kind", ["offset", "page", "cursor"])
def test_a_page_has_a_size_that_can_be_asked_for(size: str, kind: str) -> None:
    paging = {
        "offset": "{kind: offset, offset: {query: o}, limit: {query: l}, size: SIZE}",
        "page": "{kind: page, number: {query: n}, size_parameter: {query: l}, size: SIZE}",
        "cursor": "{kind: cursor, cursor: {query: c}, limit: {query: l}, next: {body: next}, size: SIZE}",
    }[kind]
    faults = found({"thing.yaml": STREAM + f"pagination: {paging.replace('SIZE', size)}\n"})
    assert len(faults) == 1
    assert faults[0][:2] in {("out_of_range", "/pagination/size"), ("wrong_type", "/pagination/size")}


def test_a_size_in_another_form_is_sent_as_the_number_that_it_is() -> None:
    request = reader(toy(CONNECTOR.replace("size: 2", "size: 1e2"))).next_request()
    assert request is not None
    assert query_of(request)["count"] == "100"


@pytest.mark.parametrize(
    "count", ["0", "-1", ".nan", ".inf", "-.inf", "NaN", "Infinity", "1e999", "null", "'5'", "0.5"]
)
@pytest.mark.parametrize("kind", ["requests", "errors", "concurrent"])
def test_a_rate_is_a_number_of_requests(count: str, kind: str) -> None:
    more = {"requests": "seconds: 1", "errors": "seconds: 1, statuses: [400]", "concurrent": ""}[kind]
    limit = ", ".join(filter(None, (f"{kind}: {count}", more, "per: connection")))
    faults = check_connector(documents(CONNECTOR + f"limits: [{{{limit}}}]\n"), "toy")
    at = f"/limits/0/{kind}"
    assert {(fault.code, fault.pointer) for fault in faults} <= {("out_of_range", at), ("wrong_type", at)}
    assert faults


@pytest.mark.parametrize("seconds", ["0", "-1", ".nan", ".inf", "1e99", "1.5"])
def test_a_rate_is_per_a_span_of_time(seconds: str) -> None:
    faults = check_connector(
        documents(CONNECTOR + f"limits: [{{requests: 1, seconds: {seconds}, per: connection}}]\n"), "toy"
    )
    assert [fault.pointer for fault in faults] == ["/limits/0/seconds"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "missing_key"),
        ("format: 0\n", "not_allowed"),
        ("format: 2\n", "not_allowed"),
        ("format: '1'\n", "not_allowed"),
        ("format: true\n", "not_allowed"),
        ("format: null\n", "not_allowed"),
        ("format: 1.1\n", "not_allowed"),
        ("version: 1\n", "unknown_key"),
    ],
)
@pytest.mark.parametrize("file", ["connector", "stream"])
def test_a_file_says_which_version_of_the_format_it_has(file: str, given: str, code: str) -> None:
    text = {"connector": CONNECTOR, "stream": STREAM}[file].replace("format: 1\n", given)
    faults = check_connector(documents(**{file: text}), "toy")
    pointer = {"missing_key": "", "not_allowed": "/format", "unknown_key": "/version"}[code]
    assert (code, pointer) in {(fault.code, fault.pointer) for fault in faults}


@pytest.mark.parametrize(
    ("place", "most"),
    [
        ("".join(f"key{number}: 1\n" for number in range(20_000)), 100),
        (f"errors: [{', '.join(['{means: x}'] * 20_000)}]\n", 100),
        (
            f"request: {{query: {{{', '.join(f'k{number}: {{seting: x}}' for number in range(5_000))}}}}}\n",
            5_000,
        ),
    ],
    ids=["keys", "entries", "words"],
)
def test_a_file_that_is_wrong_all_over_is_refused_in_little_time(place: str, most: int) -> None:
    began = time.monotonic()
    assert 1 < len(found({"thing.yaml": STREAM + place})) <= most
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("number", ["1.10", "1e3", "0.5", "1.0"])
@pytest.mark.parametrize("place", ["headers: {X-Version: NUMBER}", "query: {v: {join: [v, NUMBER]}}"])
def test_a_number_with_decimals_is_sent_as_a_text_that_is_in_quotes(number: str, place: str) -> None:
    stream = STREAM + f"request: {{{place}}}\n"
    (fault,) = check_connector(documents(stream=stream.replace("NUMBER", number)), "toy")
    assert (fault.code, "put it in quotes" in fault.message) == ("wrong_type", True)
    assert check_connector(documents(stream=stream.replace("NUMBER", f"'{number}'")), "toy") == []
