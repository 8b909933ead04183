"""A small made-up API in several forms, and what a comparison of two descriptions says in short."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from sluice.description.compare import differences
from sluice.description.read import read_description
from sluice.model.change import Change

Document = dict[str, Any]


def customer() -> Document:
    """Return the schema of a customer, with references as OpenAPI 3 writes them."""
    return {
        "type": "object",
        "required": ["id", "name"],
        "properties": {
            "id": {"type": "integer", "format": "int64"},
            "name": {"type": "string"},
            "language": {"type": "string", "enum": ["NO", "EN", "SV"]},
            "createdAt": {"type": "string", "format": "date-time"},
            "balance": {"type": "number"},
            "active": {"type": "boolean"},
            "address": {"$ref": "#/components/schemas/Address"},
            "contacts": {"type": "array", "items": {"$ref": "#/components/schemas/Contact"}},
            "parent": {"$ref": "#/components/schemas/Customer"},
        },
    }


def openapi() -> Document:
    """Return the API as OpenAPI 3."""
    return {
        "openapi": "3.0.1",
        "info": {"title": "Toy", "version": "1.0"},
        "servers": [{"url": "https://api.example.com/v2"}],
        "security": [{"token": []}],
        "paths": {
            "/customer": {"get": _operation("ListOfCustomer", _list_parameters()), "post": _writes()},
            "/customer/{id}": {"get": _operation("OneCustomer", [_parameter("id", "path", required=True)])},
            "/invoice": {"get": _operation("ListOfInvoice", _list_parameters())},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "basic"}},
            "schemas": {
                "ListOfCustomer": _list_of("Customer"),
                "OneCustomer": {"type": "object", "properties": {"value": _ref("Customer")}},
                "ListOfInvoice": _list_of("Invoice"),
                "Customer": customer(),
                "Address": {
                    "type": "object",
                    "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
                },
                "Contact": {"type": "object", "properties": {"email": {"type": "string"}}},
                "Invoice": {
                    "type": "object",
                    "properties": {"number": {"type": "string"}, "customer": _ref("Customer")},
                },
            },
        },
    }


def swagger() -> Document:
    """Return the same API as OpenAPI 2."""
    new = openapi()
    text = json.dumps(new["components"]["schemas"]).replace("#/components/schemas/", "#/definitions/")
    return {
        "swagger": "2.0",
        "info": new["info"],
        "host": "api.example.com",
        "basePath": "/v2",
        "schemes": ["https"],
        "produces": ["application/json"],
        "security": [{"login": []}],
        "securityDefinitions": {"login": {"type": "basic"}},
        "definitions": json.loads(text),
        "paths": {
            path: {method: _in_swagger(operation) for method, operation in item.items()}
            for path, item in new["paths"].items()
        },
    }


def changed(document: Document, change: Callable[[Document], object]) -> Document:
    """Return a copy of a document that ``change`` was applied to."""
    copied = copy.deepcopy(document)
    change(copied)
    return copied


def schemas(document: Document) -> Document:
    """Return an OpenAPI 3 document's schemas."""
    found: Document = document["components"]["schemas"]
    return found


def written(document: Any) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document).encode()


def compared(old: Any, new: Any) -> list[Change]:
    """Return the changes between two documents: JSON values, or bytes of any form."""
    before, after = (one if isinstance(one, bytes) else written(one) for one in (old, new))
    return differences(read_description(before), read_description(after))


def in_short(changes: list[Change]) -> list[tuple[str, str, str]]:
    """Return (code, operation, path) of each change."""
    return [(change.code, change.operation, change.path) for change in changes]


def _operation(answer: str, parameters: list[Document]) -> Document:
    content = {"application/json": {"schema": _ref(answer)}}
    return {"parameters": parameters, "responses": {"200": {"description": "fine", "content": content}}}


def _writes() -> Document:
    body = {"content": {"application/json": {"schema": _ref("Customer")}}}
    return {"requestBody": body, "responses": {"201": {"description": "made"}}}


def _list_parameters() -> list[Document]:
    return [
        _parameter("from", "query", schema={"type": "integer", "default": 0}),
        _parameter("count", "query", schema={"type": "integer", "default": 100, "maximum": 1000}),
        _parameter("changedSince", "query"),
    ]


def _parameter(name: str, where: str, *, required: bool = False, schema: Document | None = None) -> Document:
    return {"name": name, "in": where, "required": required, "schema": schema or {"type": "string"}}


def _list_of(name: str) -> Document:
    values = {"type": "array", "items": _ref(name)}
    return {"type": "object", "properties": {"fullResultSize": {"type": "integer"}, "values": values}}


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _in_swagger(operation: Document) -> Document:
    parameters = [
        {**{key: value for key, value in one.items() if key != "schema"}, **one["schema"]}
        for one in operation.get("parameters", [])
    ]
    responses = {
        status: {"description": "", **{key: _old_ref(one) for key, one in _bodies(response)}}
        for status, response in operation["responses"].items()
    }
    return {"parameters": parameters, "responses": responses}


def _bodies(response: Document) -> list[tuple[str, Document]]:
    return [("schema", one["schema"]) for one in response.get("content", {}).values()]


def _old_ref(schema: Document) -> Document:
    return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/definitions/")}
