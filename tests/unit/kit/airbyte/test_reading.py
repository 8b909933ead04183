"""References and parameters are resolved as Airbyte does; what is no manifest is refused."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from sluice.errors import ConfigurationInvalid
from sluice.kit.airbyte.nodes import Node, root_of
from sluice.kit.airbyte.reading import Manifest, read_manifest


def node(**value: Any) -> Node:
    return root_of(Manifest(value))


def test_a_reference_is_put_in_and_its_own_keys_win() -> None:
    root = node(
        definitions={"a": {"x": 1, "y": 2}}, use={"$ref": "#/definitions/a", "y": 3}, text="#/definitions/a/x"
    )
    assert root.peek("use") == {"x": 1, "y": 3}
    assert root.peek("text") == 1


def test_a_key_with_slashes_comes_before_a_path_and_lists_are_counted() -> None:
    root = node(**{"a/b": "key", "a": {"b": "path"}, "list": [{"c": 5}], "one": "#/a/b", "two": "#/list/0/c"})
    assert (root.peek("one"), root.peek("two")) == ("key", 5)


def test_the_references_of_old_manifests_are_followed_too() -> None:
    assert node(definitions={"a": {"x": 1}}, use="*ref(definitions.a.x)").peek("use") == 1


def test_what_comes_through_a_reference_has_its_own_place() -> None:
    root = node(definitions={"a": {"x": 1}}, use={"$ref": "#/definitions/a", "y": 2})
    inner = root.node("use")
    assert inner is not None
    assert [place for place, _ in inner.leftovers()] == ["definitions.a.x", "use.y"]


def test_parameters_go_down_and_stand_in_for_what_is_empty() -> None:
    root = node(type="A", b={"type": "B", "$parameters": {"size": 2}, "c": {"type": "C", "name": ""}})
    outer = Node(
        Manifest({}), {"b": (root.peek("b"), "b"), "$parameters": ({"name": "n", "size": 1}, "p")}, "", {}
    )
    b = outer.node("b")
    c = b.node("c") if b else None
    assert b is not None
    assert c is not None
    assert (c.plain("name"), c.plain("size"), b.parameter("size")) == ("n", 2, (True, 2))


def test_a_parameter_is_not_handed_to_the_field_of_its_name() -> None:
    root = node(**{"$parameters": {"path": "x"}, "path": {"type": "A"}})
    inner = root.node("path")
    assert inner is not None
    assert not inner.has("path")


def test_what_was_taken_is_not_told() -> None:
    root = node(a=1, b=[{"type": "B"}, {"type": "C"}], c={"d": 1, "e": 2})
    root.plain("a")
    inner = root.node("c")
    assert inner is not None
    inner.tell("why not", "d")
    assert dict(root.leftovers()) == {
        "b.0": "B: nothing here is made of `b`",
        "b.1": "C: nothing here is made of `b`",
        "c.d": "`1`: why not",
        "c.e": "`2`: nothing here is made of `e`",
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"a": "#/b", "b": "#/a"}, "circular_reference"),
        ({"a": {"$ref": "#/a"}}, "circular_reference"),
        ({"a": "#/nothing"}, "unknown_reference"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(value: dict[str, Any], code: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        node(**value).peek("a")
    assert [fault.code for fault in caught.value.faults] == [code]


@pytest.mark.thorough(most=0)
def test_a_manifest_that_unfolds_without_end_is_refused() -> None:
    value: dict[str, Any] = {"a0": ["x"] * 10}
    for number in range(1, 9):
        value[f"a{number}"] = [f"#/a{number - 1}"] * 10
    with pytest.raises(ConfigurationInvalid, match="unfolds to more than"):
        node(**value).peek("a8")


@pytest.mark.parametrize("value", [[], {"type": "Other", "streams": []}, {"version": "1"}, "text"])
def test_what_is_no_manifest_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationInvalid, match="is no manifest"):
        read_manifest(yaml.safe_dump(value).encode())
