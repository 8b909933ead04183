from __future__ import annotations

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.mapping.load import patch_mapping
from sluice.mapping.patch import Suggestion
from sluice.mapping.path_edit import CannotBeEdited, renamed
from sluice.registry.catalog import Catalog
from tests.unit.mapping.documents import HEAD, OneMapping

MAPPING = (
    "# A stranger's words.\n"
    + HEAD
    + """when: {is: [state, 1]}  # only those
fields:
  name:   displayName   # spaces kept
  number: {null_if: [number, 0]}
  description: {first: [note, 'texts[0].body', "info.short"]}
  active: {not: isInactive}
  type: {lookup: {of: kind.code, table: {displayName: general, A: project}, else: null}}
extensions:
  lines:
    each:
      of: orderLines
      object:
        product: product.id
        amount: amount
        tax: taxes[?kind=='displayName' && rate.code != 'x'].rate.percent | [0]
  dotted: '"party.name"'
"""
)


def patch(text: str, kind: str, before: str, after: str) -> str:
    suggestion = Suggestion.from_json({"kind": kind, "from": before, "to": after})
    catalog = Catalog(OneMapping(text))
    return catalog.patched("x", "thing", suggestion)


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("displayName", "name", "  name:   displayName   # spaces", "  name:   name   # spaces"),
        ("displayName", "names.display", "name:   displayName", "name:   names.display"),
        ("displayName", "party.name", "name:   displayName", "name:   party.name"),
        ("id", "uuid", "id: id", "id: uuid"),
        ("state", "status", "is: [state, 1]", "is: [status, 1]"),
        ("number", "no", "null_if: [number, 0]", "null_if: [no, 0]"),
        ("note", "remark", "first: [note, ", "first: [remark, "),
        ("info.short", "short", '"info.short"', '"short"'),
        ("info", "details", '"info.short"', '"details.short"'),
        ("texts[].body", "texts[].content", "'texts[0].body'", "'texts[0].content'"),
        ("texts[].body", "texts[].parts.body", "'texts[0].body'", "'texts[0].parts.body'"),
        ("texts[]", "bodies[]", "'texts[0].body'", "'bodies[0].body'"),
        ("isInactive", "state.inactive", "{not: isInactive}", "{not: state.inactive}"),
        ("kind.code", "kind", "of: kind.code", "of: kind"),
        ("kind", "sort", "of: kind.code", "of: sort.code"),
        ("orderLines[]", "lines[]", "of: orderLines", "of: lines"),
        ("orderLines[].product.id", "orderLines[].product.key", "product.id", "product.key"),
        ("orderLines[].product.id", "orderLines[].productId", "product.id", "productId"),
        ("orderLines[].product", "orderLines[].item", "product.id", "item.id"),
        ("orderLines[].amount", "orderLines[].totals.amount", "amount: amount", "amount: totals.amount"),
        ("orderLines[].taxes[].kind", "orderLines[].taxes[].type", "?kind==", "?type=="),
        ("orderLines[].taxes[].rate.code", "orderLines[].taxes[].code", "&& rate.code", "&& code"),
        ("orderLines[].taxes[].rate.percent", "orderLines[].taxes[].rate.share", "percent |", "share |"),
        ("displayName", "display name", "name:   displayName", "name:   '\"display name\"'"),
        ("displayName", "it's", "name:   displayName", "name:   '\"it''s\"'"),
    ],
)
def test_every_rule_that_reads_the_field_reads_it_elsewhere(
    before: str, after: str, old: str, new: str
) -> None:
    assert MAPPING.count(old) == 1
    assert patch(MAPPING, "move", before, after) == MAPPING.replace(old, new)


def test_a_name_with_a_dot_is_kept_in_its_quotes() -> None:
    assert renamed('"party.name".short', (), ("party.name", "short"), ("party.name", "brief")) == (
        '"party.name".brief'
    )
    assert renamed('a . "b c" . d', (), ("a", "b c", "d"), ("a", "e")) == "a . e"


def test_a_field_read_by_several_rules_is_patched_in_each() -> None:
    text = HEAD + "fields:\n  name: name\n  description: {join: {of: [name, number]}}\n  number: number\n"
    wanted = text.replace("name: name", "name: title").replace("[name, number]", "[title, number]")
    assert patch(text, "rename", "name", "title") == wanted


@pytest.mark.parametrize("word", ["null", "true"])
def test_a_word_of_yaml_is_quoted(word: str) -> None:
    text = HEAD + "fields:\n  name: title\n"
    assert patch(text, "rename", "title", word).endswith(f"name: '{word}'\n")


@pytest.mark.parametrize(
    ("literals", "both"),
    [
        ("0", '[0, "0"]'),
        ('"0"', '["0", 0]'),
        ("true", '[true, "true"]'),
        ("[1, 2]", '[1, "1", 2, "2"]'),
        ('[1, "1"]', '[1, "1"]'),
        ("other", "other"),
        ("null", "null"),
    ],
)
def test_a_comparison_knows_both_types(literals: str, both: str) -> None:
    text = HEAD + "fields:\n  name: name\n  number: {null_if: [number, %s]}  # kept\n"
    assert patch(text % literals, "retype", "number", "number") == text % both


def test_a_comparison_with_a_list_in_lines_knows_both_types() -> None:
    text = HEAD + "fields:\n  name: name\n  active:\n    is:\n      - state\n      -\n        - 1  # one\n"
    wanted = text.replace("- 1", '- 1\n        - "1"')
    assert patch(text, "retype", "state", "state") == wanted


def test_a_field_that_is_converted_anyway_needs_no_patch() -> None:
    assert patch(MAPPING, "retype", "orderLines[].amount", "orderLines[].amount") == MAPPING


@pytest.mark.parametrize(
    ("kind", "before", "after", "code", "says"),
    [
        ("rename", "displayNam", "title", "nothing_to_patch", "did you mean 'displayName'?"),
        ("retype", "nowhere", "nowhere", "nothing_to_patch", "no rule reads nowhere"),
        ("rename", "displayName", "displayName", "not_patchable", "by hand"),
        ("move", "displayName", "names[].display", "not_patchable", "a list came or went"),
        ("move", "orderLines[].amount", "amount", "not_patchable", "a list came or went"),
        ("move", "orderLines[].amount", "totals.amount", "not_patchable", "a list came or went"),
        ("move", "orderLines[].taxes[].kind", "orderLines[].kinds", "not_patchable", "a list came or went"),
    ],
)
def test_what_cannot_be_patched_says_why(kind: str, before: str, after: str, code: str, says: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"cannot be patched by itself") as refused:
        patch(MAPPING, kind, before, after)
    (fault,) = refused.value.faults
    assert fault.code == code
    assert says in fault.message
    assert fault.source.startswith("transformers/x/thing.yaml:")


def test_a_rule_in_a_list_that_the_field_has_left_is_named() -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        patch(MAPPING, "move", "orderLines.amount", "totals.amount")
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [
        ("not_patchable", "/extensions/lines/each/object/amount")
    ]
    with pytest.raises(CannotBeEdited, match="goes through a list"):
        renamed("lines[0].product.id", (), ("lines", "product", "id"), ("rows", "product", "key"))


def test_lists_within_lists_are_patched_where_they_are_read() -> None:
    text = (
        HEAD
        + "fields:\n  name: name\nextensions:\n  each:\n    each:\n      of: {first: [rows, lines]}\n"
        + "      object:\n        parts: {each: {of: parts, value: size}}\n"
    )
    with pytest.raises(ConfigurationInvalid, match="read from several lists"):
        patch(text, "rename", "rows[].parts[].size", "rows[].parts[].length")
    one = text.replace("{first: [rows, lines]}", "rows")
    moved = one.replace("size", "length")
    assert patch(one, "rename", "rows[].parts[].size", "rows[].parts[].length") == moved
    assert patch(one, "rename", "rows[].parts[]", "rows[].pieces[]") == one.replace("of: parts", "of: pieces")
    assert patch(text, "rename", "lines[]", "items[]") == text.replace("lines]", "items]")


def test_a_patch_that_gives_no_usable_mapping_is_refused() -> None:
    text = HEAD + "fields:\n  name: >-\n    title\n"
    with pytest.raises(ConfigurationInvalid, match="block of text"):
        patch(text, "rename", "title", "name")
    with pytest.raises(ConfigurationInvalid, match="is not usable"):
        patch(text.replace("name:", "unknown_name:"), "rename", "title", "name")


@pytest.mark.parametrize(
    "found", [{}, {"kind": "rename", "from": "a"}, {"kind": "x", "from": "a", "to": "b"}]
)
def test_what_is_no_suggestion_is_refused(found: dict[str, str]) -> None:
    with pytest.raises(ConfigurationInvalid, match="kind \\(rename, move or retype\\)"):
        Suggestion.from_json(found)


def test_the_text_may_begin_with_a_byte_order_mark() -> None:
    documents = OneMapping("\ufeff" + MAPPING)
    suggestion = Suggestion.from_json({"kind": "rename", "from": "displayName", "to": "name"})
    assert patch_mapping(documents, "x", "thing", suggestion) == MAPPING.replace(
        "name:   displayName ", "name:   name "
    )
