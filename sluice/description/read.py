"""Reads a published description, whatever form it has, from its bytes.

The form is seen from the content, never from a name. Nothing that a description names is opened.
"""

from __future__ import annotations

from typing import Any

from sluice.description.forms.field_lists import read_field_list
from sluice.description.forms.graphql_schema import introspected, read_introspection
from sluice.description.forms.json_schema import is_json_schema, read_json_schema
from sluice.description.forms.odata.json_metadata import is_csdl, read_csdl
from sluice.description.forms.odata.xml_metadata import read_metadata
from sluice.description.forms.openapi.read import is_openapi, read_openapi
from sluice.description.forms.plain_values import read_json, read_yaml
from sluice.description.forms.safe_xml import local_name, read_xml
from sluice.description.forms.tryton_fields import models_of, read_fields_get
from sluice.description.forms.unreadable import unreadable
from sluice.description.forms.xml_schema import is_xml_schema, read_xml_schema
from sluice.description.model import Description

MAX_BYTES = 64 * 1024 * 1024
_SPACE = b"\xef\xbb\xbf \t\r\n"
_SHOWN_KEYS = 5


def read_description(data: bytes) -> Description:
    """Return the description; raises ConfigurationInvalid with what came and what would be right."""
    if len(data) > MAX_BYTES:
        raise unreadable("too_large", f"has {len(data)} bytes; at most {MAX_BYTES} are read")
    text = data.lstrip(_SPACE)
    if not text:
        raise unreadable("empty", "is empty")
    try:
        description = _of_xml(text) if text[:1] == b"<" else _of_value(_value(text))
    except (RecursionError, AttributeError, TypeError, KeyError) as err:
        raise unreadable("malformed", f"is not as its form demands ({type(err).__name__})") from err
    if not description.operations:
        raise unreadable("no_operations", f"is {description.form} without anything that can be asked for")
    return description


def _value(text: bytes) -> Any:
    return read_json(text) if text[:1] in {b"{", b"["} else read_yaml(text)


def _of_xml(text: bytes) -> Description:
    root = read_xml(text)
    if is_xml_schema(root):
        return read_xml_schema(root)
    if local_name(root) in {"Edmx", "Schema"}:
        return read_metadata(root)
    raise unreadable("unknown_xml", f"is XML that begins with <{local_name(root)}>")


def _of_value(value: Any) -> Description:
    if is_openapi(value):
        return read_openapi(value)
    schema = introspected(value)
    if schema is not None:
        return read_introspection(schema)
    if is_csdl(value):
        return read_csdl(value)
    models = models_of(value)
    if models is not None:
        return read_fields_get(models, str(value.get("version") or ""))
    listed = read_field_list(value)
    if listed is not None:
        return listed
    if is_json_schema(value):
        return read_json_schema(value)
    raise unreadable("unknown_form", _in_words(value))


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        keys = ", ".join(repr(str(key)[:40]) for key in list(value)[:_SHOWN_KEYS])
        return f"is an object with {keys or 'nothing'}"
    if isinstance(value, str):
        return "is text"
    return f"is a {'list' if isinstance(value, list) else type(value).__name__}"
