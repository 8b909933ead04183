"""What is raised about a description that cannot be read, in the same words for all forms. Reads nothing."""

from __future__ import annotations

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault

RIGHT = (
    "right would be OpenAPI 2 or 3 (JSON or YAML), OData $metadata (XML or JSON), a GraphQL introspection "
    "result, Tryton's fields_get, a JSON Schema or an XML Schema"
)


def unreadable(code: str, came: str, *, pointer: str = "", source: str = "") -> ConfigurationInvalid:
    """Return the error for a description of which ``came`` says what is wrong with it."""
    fault = Fault(code, pointer, f"{came}; {RIGHT}", source)
    return ConfigurationInvalid("the description cannot be read", [fault])
