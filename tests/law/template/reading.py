"""Reading a CloudFormation template: resources of a kind, statements of policies. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
Statement = dict[str, Any]

_IDENTITY = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of that type, by logical id."""
    found = template["Resources"]
    return {name: found[name].get("Properties", {}) for name in found if found[name]["Type"] == kind}


def listed(value: Any) -> list[Any]:
    """Return a value that may be one, a list or nothing as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def written(value: Any) -> str:
    """Return the text of a value, of Fn::Sub as it stands there."""
    return str(value["Fn::Sub"]) if isinstance(value, dict) and "Fn::Sub" in value else str(value)


def identity_statements(template: Template) -> Iterator[tuple[str, Statement]]:
    """Yield (role or policy, statement) of all that roles are granted."""
    for kind in _IDENTITY:
        for name, given in of_type(template, kind).items():
            documents = [one["PolicyDocument"] for one in given.get("Policies", ())]
            documents += [given["PolicyDocument"]] if "PolicyDocument" in given else []
            yield from ((name, found) for document in documents for found in document["Statement"])


def resource_statements(template: Template) -> Iterator[tuple[str, Statement]]:
    """Yield (policy or key, statement) of all that resources' own policies say."""
    for name, resource in template["Resources"].items():
        given = resource.get("Properties", {})
        if resource["Type"] not in _IDENTITY:
            for key in ("PolicyDocument", "KeyPolicy"):
                yield from ((name, found) for found in given.get(key, {}).get("Statement", ()))


def allows(statement: Statement) -> list[str]:
    """Return the actions that a statement allows."""
    return listed(statement.get("Action")) if statement["Effect"] == "Allow" else []


def guarded(template: Template, policies: str, names: str) -> set[str]:
    """Return the logical ids of what policies of a kind name that refuse requests without TLS."""
    return {
        one["Ref"]
        for given in of_type(template, policies).values()
        if any(_refuses_plain(found) for found in given["PolicyDocument"]["Statement"])
        for one in listed(given[names])
    }


def _refuses_plain(statement: Statement) -> bool:
    said = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement["Effect"] == "Deny" and statement["Principal"] == "*" and str(said).lower() == "false"
