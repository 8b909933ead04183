"""Reads XML of a stranger into elements; knows no vocabulary.

A document type (DTD) is refused as a whole: it is what entities, external references and their attacks need,
and no description of an API has one.
"""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from sluice.description.forms.unreadable import unreadable

MAX_DEPTH = 200


def read_xml(text: bytes) -> Element:
    """Return the root element, names as ``{namespace}local``; raises ConfigurationInvalid."""
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise unreadable("too_deep", f"is nested more than {MAX_DEPTH} levels deep")
        builder.start(_qualified(name), {_qualified(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_qualified(name))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, ValueError, LookupError) as err:
        raise unreadable("xml_syntax", f"begins as XML, but {err}") from err
    return builder.close()


def local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def _refuse(name: str, *_declared: object) -> NoReturn:
    if name.lower() == "html":
        raise unreadable("html", "is a web page, perhaps one to log in at")
    raise unreadable("document_type", f"declares the document type {name!r}, and entities are never read")
