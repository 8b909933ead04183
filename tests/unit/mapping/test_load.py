"""What is wrong with a mapping is said with file and line, all at once, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.mapping.load import check_mapping, has_mapping, load_mapping
from tests.unit.mapping.documents import FOLDER, HEAD, PATH, ROOT, OneMapping

FIELDS = HEAD + "fields:\n  name: name\n"
MAPPINGS = sorted(path for path in (ROOT / "transformers").glob("*/*.yaml"))


def said(text: str) -> list[str]:
    """Return the mapping's faults as an operator reads them, without the file's name."""
    return [str(fault).removeprefix(PATH) for fault in check_mapping(OneMapping(text), "x", "thing")]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (
            "desciption: d",
            ":7#/fields/desciption: desciption is not a canonical field; did you mean 'description'?",
        ),
        ("zzz: d", ":7#/fields/zzz: zzz is not a canonical field; known here: active,"),
        (
            "id: d",
            ":7#/fields/id: id already has a rule: it comes from the mapping's own keys id and extensions",
        ),
        (
            "number: a\n  number: b",
            ":8#/fields/number: 'number' stands here twice; it is already given in line 7 [duplicate_key]",
        ),
        ("number: a-b", ":7#/fields/number: 'a-b' is not a path such as customer.id"),
        ("number: length(a)", ":7#/fields/number: uses function expression of JMESPath; call a function"),
        (
            "active: {nto: a}",
            ":7#/fields/active/nto: 'nto' is not a key that is known here; did you mean 'not'? [unknown_key]",
        ),
        (
            "active: {not: a, text: b}",
            ":7#/fields/active: is an object with not, text; should have 1 keys or less",
        ),
        ("active: 1", ":7#/fields/active: is the number 1; should be text or an object [wrong_type]"),
        ("active: {negate: a}", ":7#/fields/active: active is of kind boolean, which this can never be"),
        (
            "active: {not: {negate: a}}",
            ":7#/fields/active/not: not needs boolean here, but this gives decimal [wrong_kind]",
        ),
        (
            "created_at: {date_of: a}",
            ":7#/fields/created_at: created_at is of kind date-time, which this can never be",
        ),
        ("number: {not: a}", ":7#/fields/number: number is of kind text, which this can never be"),
        ("active: {value: 3}", ":7#/fields/active: active is the number 3; should be true or false"),
        (
            "type: {value: other}",
            ":7#/fields/type: type is 'other'; should be one of general, project, project_specific, task",
        ),
        (
            "type: {lookup: {of: a, table: {A: generl}}}",
            ":7#/fields/type: type is 'generl'; should be one of general,",
        ),
        ("type: {lookup: {of: a}}", ":7#/fields/type/lookup: lacks the key 'table' [missing_key]"),
        ("type: {lookup: {of: a, table: {A: general}, eles: null}}", "did you mean 'else'? [unknown_key]"),
        (
            "created_at: {instant: {of: a, zone: Mars/Base}}",
            ":7#/fields/created_at/instant/zone: 'Mars/Base' is not a time zone",
        ),
        ("number: {divide: {of: a, by: '0'}}", ":7#/fields/number/divide/by: divides by zero"),
        (
            "number: {object: {a: b}}",
            ":7#/fields/number: object builds a canonical object; it stands directly at the field",
        ),
        (
            "number: {first: [{each: {of: a, value: b}}, c]}",
            "each builds a canonical list; it stands directly at the field",
        ),
        (
            "description: {join: {of: []}}",
            ":7#/fields/description/join/of: is a list of 0; should have 1 entries or more",
        ),
        ("'na me': d", "should be a lower-case name such as due_date [bad_name]"),
    ],
)
def test_a_faulty_rule_is_named_with_its_line(rule: str, fault: str) -> None:
    found = said(f"{FIELDS}  {rule}\n")
    assert len(found) == 1, found
    assert fault in found[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is null; should be an object"),
        (
            "format: 2\nstream: thing\nentity: activity\nid: id\nfields: {name: n}",
            ":1#/format: is the number 2; should be 1",
        ),
        ("stream: thing\nentity: activity\nid: id\nfields: {name: n}", ":1#: lacks the key 'format'"),
        (
            FIELDS.replace("stream: thing", "stream: other"),
            ":2#/stream: is 'other', but the file is that of the stream 'thing'",
        ),
        (
            FIELDS.replace("activity", "activty"),
            ":3#/entity: 'activty' is not an entity; did you mean 'activity'?",
        ),
        (FIELDS + "feilds: {}\n", "'feilds' is not a key that is known here; did you mean 'fields'?"),
        (HEAD + "fields:\n  number: a\n", ":5#/fields: name is required, but has no rule [rule_missing]"),
        (FIELDS + "extensions: all\n", ":7#/extensions: is the text 'all'; should be rest"),
        (FIELDS + "when: {join: {of: [a]}}\nextensions: {x: a.}\n", ":8#/extensions/x: 'a.' is not a path"),
        (FIELDS + "when: {negate: a}\n", ":7#/when: needs true or false, but this gives decimal"),
        ("a: [b", "is not valid YAML"),
        ("a: &x b\nc: *x\n", "uses the anchor or alias 'x'"),
    ],
)
def test_a_faulty_document_is_refused(text: str, fault: str) -> None:
    found = said(text)
    assert found
    assert any(fault in one for one in found), found


def test_all_faults_come_at_once() -> None:
    found = said(f"{HEAD}fields:\n  nmae: x\n  active: {{negate: a}}\n  number: a-b\n")
    assert len(found) == 4


def test_loading_raises_with_the_faults() -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        load_mapping(OneMapping(FIELDS + "  desciption: d\n"), "x", "thing")
    assert caught.value.faults[0].source == f"{PATH}:7"
    with pytest.raises(ConfigurationInvalid, match="has no mapping"):
        load_mapping(OneMapping(FIELDS), "x", "other")


def test_what_a_stream_does_not_declare_is_a_fault() -> None:
    thing = {"type": ["object", "null"], "properties": {"id": {"type": "integer"}}}
    rows = {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}}
    plain = {
        name: {"type": kind} for name, kind in {"id": "integer", "name": "string", "on": "boolean"}.items()
    }
    open_field = {"open": {"type": "object"}, "anything": {}}
    declared = {"type": "object", "properties": {**plain, **open_field, "thing": thing, "rows": rows}}
    rules = "".join(
        f"  {rule}\n"
        for rule in (
            "number: nmae",
            "description: thing.name",
            "active: id",
            "billable: name.deep",
            "created_at: on",
            "updated_at: thing",
        )
    )
    extensions = (
        "extensions: {a: open.field, b: anything.at.all, c: 'rows[].text', d: 'rows[].txet', e: thing}\n"
    )
    found = check_mapping(OneMapping(FIELDS + rules + extensions), "x", "thing", declared)
    assert [(fault.source.rpartition(":")[2], fault.code, fault.pointer) for fault in found] == [
        ("7", "unknown_field", "/fields/number"),
        ("8", "unknown_field", "/fields/description"),
        ("9", "wrong_kind", "/fields/active"),
        ("10", "unknown_field", "/fields/billable"),
        ("11", "wrong_kind", "/fields/created_at"),
        ("12", "wrong_kind", "/fields/updated_at"),
        ("13", "unknown_field", "/extensions/d"),
    ]
    assert "did you mean 'name'?" in found[0].message
    assert "declared as integer, which can never be boolean" in found[2].message


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_mapping_of_the_repository_is_sound(path: Path) -> None:
    assert check_mapping(FOLDER, path.parent.name, path.stem) == []


def test_whether_a_stream_has_a_mapping() -> None:
    assert has_mapping(FOLDER, "tripletex", "customer")
    assert not has_mapping(FOLDER, "tripletex", "custom")
    assert not has_mapping(FOLDER, "no_such_erp", "customer")
