"""`sluice changes diff`: what it prints and how it ends, for everybody and for what a connector reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.cli.main import run

Diff = Callable[..., tuple[int, str, str]]


def api(**fields: str) -> dict[str, Any]:
    """Return a description of Tripletex's GET /activity whose records have these fields."""
    properties = {name: {"type": kind} for name, kind in fields.items()}
    values = {"type": "array", "items": {"type": "object", "properties": properties}}
    schema = {"type": "object", "properties": {"fullResultSize": {"type": "integer"}, "values": values}}
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "string"}}
        for name in ("from", "count", "sorting", "fields")
    ]
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.0.1",
        "paths": {"/activity": {"get": {"parameters": parameters, "responses": responses}}},
    }


@pytest.fixture
def diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Diff:
    """Compare two JSON values, or bytes; the fixture gives exit code, stdout and stderr."""

    def compare(old: Any, new: Any, *options: str) -> tuple[int, str, str]:
        files = [tmp_path / "old.json", tmp_path / "new.json"]
        for file, one in zip(files, (old, new), strict=True):
            file.write_bytes(one if isinstance(one, bytes) else json.dumps(one).encode())
        code = run(["changes", "diff", *map(str, files), *options])
        return code, *capsys.readouterr()

    return compare


OLD = api(id="integer", name="string", memo="string")


def test_nothing_different_is_said_and_fine(diff: Diff) -> None:
    assert diff(OLD, OLD, "--json")[:2] == (0, "[]\n")
    code, out, err = diff(OLD, OLD)
    assert (code, out) == (0, "")
    assert "nothing that a reader sees is different" in err


def test_a_removed_field_is_listed_and_blocks(diff: Diff) -> None:
    code, out, _ = diff(OLD, api(id="integer", name="string"), "--json")
    assert code == 3
    (change,) = json.loads(out)
    assert change.pop("evidence") == {"blocking_when_live": True, "place": "values[].memo"}
    assert change == {
        "id": "D42",
        "kind": "field_absent",
        "path": "memo",
        "before": "string",
        "after": "not described",
        "severity": "critical",
        "action": "notify",
        "share": 1.0,
        "used": False,
        "used_by": [],
        "operation": "GET /activity",
    }


def test_with_a_connector_only_what_it_uses_blocks(diff: Diff) -> None:
    code, out, _ = diff(OLD, api(id="integer", name="string"), "--connector", "tripletex", "--json")
    (unused,) = json.loads(out)
    assert (code, unused["used"], unused["severity"]) == (0, False, "low")
    code, out, _ = diff(OLD, api(id="string"), "--connector", "tripletex", "--json")
    assert code == 3
    listed = [(one["id"], one["path"], one["used"], one["used_by"]) for one in json.loads(out)]
    assert listed == [
        ("D42", "name", True, ["activity.name"]),
        ("D47", "id", True, ["key", "order", "activity.id"]),
        ("D42", "memo", False, []),
    ]


def test_streams_that_the_description_does_not_hold_are_named(diff: Diff) -> None:
    _, _, err = diff(OLD, OLD, "--connector", "tripletex")
    assert "not in old.json: GET /invoice; nothing can be said of it" in err
    assert "GET /activity" not in err


def test_a_table_counts_first_and_puts_what_is_used_on_top(diff: Diff) -> None:
    _, out, _ = diff(OLD, api(id="string", title="string"), "--connector", "tripletex")
    counts, lines = out.split("\n\n")
    assert counts.splitlines()[1].split()[0] == "D42"
    assert [line.split()[0] for line in lines.splitlines()] == ["id", "D42", "D47", "D42", "D45"]
    assert "used by" in lines
    assert "used by" not in diff(OLD, api(id="string"))[1]


def test_what_is_no_description_is_wrong_use(diff: Diff, tmp_path: Path) -> None:
    code, out, err = diff(OLD, b"<html><body>Log in</body></html>", "--json")
    assert (code, out) == (2, "")
    assert f"{tmp_path}/new.json" in err
    assert "<html>" in err
    assert "right would be OpenAPI" in err
    assert diff(OLD, OLD, "--connector", "tripltex")[0] == 2
    assert run(["changes", "diff", str(tmp_path / "old.json"), str(tmp_path / "nowhere.json")]) == 2


def test_what_a_description_refers_to_elsewhere_is_told(diff: Diff) -> None:
    other = json.loads(json.dumps(OLD))
    values = other["paths"]["/activity"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    values["properties"]["values"]["items"]["properties"]["more"] = {"$ref": "more.json#/x"}
    assert "not read: more.json#/x is not in the document" in diff(OLD, other)[2]
