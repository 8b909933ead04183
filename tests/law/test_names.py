"""Files and classes are named after what they are, not after being useful."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from tests.law.tree import CODE, python_files, tree

BANNED = {
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "processor", "base",
}  # fmt: skip
PRODUCTS = ("secrets_manager", "SecretsManager")  # what AWS calls its own
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(name: str) -> set[str]:
    """Return the words of a snake_case or CamelCase name, in lower case."""
    for product in PRODUCTS:
        name = name.replace(product, "")
    return {word.lower() for word in WORD.findall(name)}


def test_the_words_of_a_name_are_found() -> None:
    assert words("HTTPManager") == {"http", "manager"}
    assert words("database_url") == {"database", "url"}
    assert words("SecretsManagerSecrets") == {"secrets"}


def test_no_file_or_folder_has_a_banned_name() -> None:
    paths = python_files(*CODE, "tests", "infra")
    guilty = [
        path for path in paths for part in PurePosixPath(path).with_suffix("").parts if words(part) & BANNED
    ]
    assert not guilty


def test_no_class_has_a_banned_name() -> None:
    guilty = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files(*CODE, "tests", "infra")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and words(node.name) & BANNED
    ]
    assert not guilty
