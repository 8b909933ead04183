"""docs/cli.md says what the commands are, and no document or advice names a command that is not."""

from __future__ import annotations

import re

import click
import pytest

from sluice.cli.main import root
from sluice.cli.reference import commands, reference
from sluice.runbook.entry import Entry
from sluice.runbook.known import ENTRIES
from tests.law.documents import code_of
from tests.law.documents import commands as mentioned
from tests.law.tree import markdown_files, text

DOCUMENT = "docs/cli.md"
COMMANDS = {" ".join(path): command for path, command in commands(root, ())}


def resolve(words: str) -> str | None:
    """Return the longest command that the words begin with; None where there is none, or half a one."""
    parts = words.split()
    for length in range(len(parts), 0, -1):
        command = COMMANDS.get(" ".join(parts[:length]))
        if command is not None:
            # A group and then a word that is none of its commands is a command that does not exist.
            return (
                None if isinstance(command, click.Group) and length < len(parts) else " ".join(parts[:length])
            )
    return None


def test_the_document_is_up_to_date() -> None:
    assert text(DOCUMENT) == reference(), "make generate"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_is_documented(path: str) -> None:
    written = text(DOCUMENT)
    assert re.search(rf"^#+ sluice {path}$", written, re.MULTILINE)
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option):
            assert all(f"`{name}`" in written for name in option.opts)
            assert option.help
    assert COMMANDS[path].help


def test_every_listing_takes_json() -> None:
    without = [
        path
        for path, command in COMMANDS.items()
        if path.endswith((" list", " tail"))
        and "--json" not in [name for p in command.params for name in p.opts]
    ]
    assert not without


def test_documents_name_commands_that_exist() -> None:
    unknown = [f"{document}: sluice {words}" for document, words in mentioned() if resolve(words) is None]
    assert not unknown


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.heading)
def test_advice_names_commands_and_options_that_exist(entry: Entry) -> None:
    said = " ".join((entry.what_to_do, *entry.look, *entry.more))
    for words, options in re.findall(r"sluice((?: [a-z]+)+)([^;,).`]*)", said):
        command = resolve(words)
        assert command is not None
        known = {option for parameter in COMMANDS[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", options)) <= known


def test_documents_give_options_that_exist() -> None:
    unknown = []
    for document in markdown_files():
        for piece in code_of(document):
            for words, given in re.findall(r"(?<![\w/.-])sluice((?: [a-z][a-z-]*)+)([^|;]*)", piece):
                command = COMMANDS.get(resolve(words) or "", root)
                known = {option for parameter in command.params for option in parameter.opts}
                options = set(re.findall(r"(?<!\S)--[a-z-]+", given))
                unknown += [f"{document}: sluice{words} {one}" for one in options - known]
    assert not unknown
