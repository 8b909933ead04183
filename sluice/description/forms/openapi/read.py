"""Reads an OpenAPI document, version 2 or 3, into the neutral description.

What only a writer needs (request bodies, form fields), examples, callbacks, webhooks and links are not read.
"""

from __future__ import annotations

import re
from typing import Any

from sluice.description.forms.lifecycle import lifecycle_of
from sluice.description.forms.openapi.logins import logins_of
from sluice.description.forms.openapi.parameters import read_parameters
from sluice.description.forms.openapi.references import References
from sluice.description.forms.openapi.responses import good_response, media_of, schema_of
from sluice.description.forms.openapi.schemas import SchemaReader
from sluice.description.forms.unreadable import unreadable
from sluice.description.model import Description, Operation, by_key

_METHODS = ("get", "head", "query", "post", "put", "patch", "delete", "options", "trace")
_ASKING = re.compile(r"(?i)(?:^|[^a-z])>?(?:search|query|find|filter|lookup)(?:[^a-z]|$)")
"""Words in the last segment of a POST's path by which it reads; ``list`` is none, it means many to write."""


def is_openapi(value: Any) -> bool:
    """Return whether a JSON value is an OpenAPI document."""
    return isinstance(value, dict) and ("openapi" in value or "swagger" in value)


def read_openapi(root: dict[str, Any]) -> Description:
    """Return the description; raises ConfigurationInvalid where the document has no operation."""
    if not isinstance(root.get("paths"), dict):
        raise unreadable("no_paths", "names itself OpenAPI, but has no paths", pointer="/paths")
    references = References(root)
    reading = _Reading(root, references, SchemaReader(references))
    operations = [
        operation
        for path, item in root["paths"].items()
        for operation in reading.operations(str(path), references.target(item))
    ]
    version = root.get("openapi") or root.get("swagger")
    info = root.get("info")
    return Description(
        operations=by_key(operations),
        types=reading.schemas.types(),
        form=f"OpenAPI {version}",
        version=str(info.get("version", "")) if isinstance(info, dict) else "",
        address=_address(root),
        unread=tuple(f"{one} is not in the document" for one in references.unknown),
    )


class _Reading:
    """The state of reading one document."""

    def __init__(self, root: dict[str, Any], references: References, schemas: SchemaReader) -> None:
        self.root = root
        self.references = references
        self.schemas = schemas
        components = root.get("components")
        self.schemes = (components or {}).get("securitySchemes") or root.get("securityDefinitions") or {}

    def operations(self, path: str, item: Any) -> list[Operation]:
        if not isinstance(item, dict):
            return []
        return [
            self._operation(method, path, item) for method in _METHODS if isinstance(item.get(method), dict)
        ]

    def _operation(self, method: str, path: str, item: dict[str, Any]) -> Operation:
        said = item[method]
        response = good_response(said.get("responses"), self.references)
        schema = schema_of(response)
        given = [*_list(item.get("parameters")), *_list(said.get("parameters"))]
        security = said.get("security", self.root.get("security"))
        return Operation(
            method=method.upper(),
            path=path,
            parameters=read_parameters(given, self.references, self.schemas),
            response=None if schema is None else self.schemas.schema(schema),
            reads=method in {"get", "head", "query"} or (method == "post" and _asks(path)),
            media=media_of(self._media(said, response)),
            logins=logins_of(security, self.schemes, self.references),
            lifecycle=lifecycle_of(said),
        )

    def _media(self, said: dict[str, Any], response: dict[str, Any]) -> list[Any]:
        content = response.get("content")
        if isinstance(content, dict):
            return list(content)
        return _list(said.get("produces")) or _list(self.root.get("produces"))


def _asks(path: str) -> bool:
    return bool(_ASKING.search(path.rstrip("/").rpartition("/")[2]))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _address(root: dict[str, Any]) -> str:
    servers = _list(root.get("servers"))
    if servers and isinstance(servers[0], dict):
        url, variables = str(servers[0].get("url", "")), servers[0].get("variables")
        for name, one in variables.items() if isinstance(variables, dict) else ():
            url = url.replace("{" + name + "}", str(one.get("default", "")) if isinstance(one, dict) else "")
        return url.rstrip("/")
    path = str(root.get("basePath") or "").rstrip("/")
    host, schemes = root.get("host"), _list(root.get("schemes"))
    scheme = "https" if "https" in schemes or not schemes else str(schemes[0])
    return f"{scheme}://{host}{path}" if host else path
