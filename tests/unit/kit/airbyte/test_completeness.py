"""Nothing of a manifest gets lost in silence: what is strange is told, wherever it stands."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from sluice.errors import ConfigurationInvalid
from tests.unit.kit.airbyte.drafting import HAVGULL, changed, drafted, told

STRANGE = "strange_key"
DEFAULT_TYPED = ("extractor", "record_selector")
"""Keys whose component may leave out its type."""
SILENT = (
    *("type", "stream_names", "version", "description", "documentation_url", "cursor_datetime_formats"),
    *("max_concurrency", "cursor_granularity", "expires_in_name", "datetime_format", "error_message"),
)
"""Keys that may hold any text without a word: they have no meaning here, or are a text for people."""


def components(value: Any, place: str = "", key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every component with its place; the schemas of records are no components."""
    if isinstance(value, dict):
        kind = value.get("type")
        if (isinstance(kind, str) and kind[:1].isupper()) or (key in DEFAULT_TYPED and "$ref" not in value):
            yield place, value
        for name, inner in value.items():
            yield from components(inner, f"{place}.{name}" if place else name, name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from components(inner, f"{place}.{number}", key)


PLACES = [place for place, _ in components(HAVGULL) if place]


def texts(value: Any, place: str = "") -> Iterator[str]:
    """Yield the places of texts inside components."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in {*SILENT, "$ref"}:
                yield from texts(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts(inner, f"{place}.{number}")
    elif isinstance(value, str) and not value.startswith("#/"):
        yield place


def test_there_are_many_places_to_try() -> None:
    assert len(PLACES) > 50
    assert {"definitions.pages.pagination_strategy", "streams.2.retriever.record_selector"} <= set(PLACES)


def test_a_strange_key_is_told_in_every_component() -> None:
    manifest = copy.deepcopy(HAVGULL)
    for _, component in list(components(manifest)):
        component[STRANGE] = True
    said = told(drafted(manifest))
    places = {text.partition(":")[0].partition(" ")[0] for text in said}
    direct = [place for place in PLACES if f"{place}.{STRANGE}" in places]
    above = [place for place in PLACES if any(place == one or place.startswith(f"{one}.") for one in places)]
    assert set(PLACES) == {*direct, *above}
    assert STRANGE in places
    assert len(direct) >= 30


@pytest.mark.thorough(most=12)
@pytest.mark.parametrize("place", PLACES)
def test_a_component_of_an_unknown_type_is_told(place: str) -> None:
    manifest = changed(place, {"type": "Martian", "canal": 1})
    try:
        said = told(drafted(manifest))
    except ConfigurationInvalid as err:
        said = [str(err)]
    assert [text for text in said if "Martian" in text or place == text.partition(":")[0]], said


def is_told(manifest: dict[str, Any], place: str) -> bool:
    """Return whether the place itself, or what it is in, is told, or the word stands in what was made."""
    try:
        draft = drafted(manifest)
    except ConfigurationInvalid as err:
        return "martian" in str(err).lower()
    said = told(draft)
    places = {text.partition(":")[0].partition(" ")[0] for text in said}
    seen = [what for _, what in [*draft.notes.open, *draft.notes.decided]] + list(draft.files.values())
    above = any(place == one or place.startswith(f"{one}.") for one in places)
    return above or any("martian" in text.lower() for text in seen)


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize("key", ["streams", "definitions", "spec", "api_budget", "concurrency_level"])
def test_code_in_place_of_a_text_is_told(key: str) -> None:
    found = [one for one in texts(HAVGULL) if one.startswith(key)]
    assert found or key == "concurrency_level"
    assert [one for one in found if not is_told(changed(one, "{{ martian() }}"), one)] == []
