"""What the documents mention: files in backticks, commands of sluice, targets of make. Judges nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.law.tree import markdown_files, text

FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
BACKTICKS = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
ANCHORED = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*#[^)\s]+)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"[\w.@-]+(?:/[\w.@*-]+)+/?|[\w.@-]+/")
COMMAND = re.compile(r"(?<![\w/.-])sluice((?: [a-z][a-z-]*)+)")
TARGET = re.compile(r"(?<![\w/.-])make ([a-z][a-z-]*)")


class Mention(NamedTuple):
    """Something that a document mentions, and where."""

    document: str
    what: str


def code_of(document: str) -> list[str]:
    """Return a document's pieces of code: the lines in fences, and what stands in backticks."""
    body = text(document)
    fenced = [line for fence in FENCE.findall(body) for line in fence.splitlines()[1:-1]]
    return fenced + BACKTICKS.findall(FENCE.sub("", body))


def paths() -> list[Mention]:
    """Return the paths in backticks that have a slash, with ``*`` for globs."""
    prose = {document: FENCE.sub("", text(document)) for document in markdown_files()}
    pieces = [
        Mention(document, piece) for document, body in prose.items() for piece in BACKTICKS.findall(body)
    ]
    return [mention for mention in pieces if PATH.fullmatch(mention.what)]


def links() -> list[Mention]:
    """Return the targets of links into the repository, as written."""
    return [Mention(document, link) for document in markdown_files() for link in LINK.findall(text(document))]


def anchored() -> list[Mention]:
    """Return the links to a heading of a document of ours, as written: ``ops.md#logs``, ``#logs``."""
    return [
        Mention(document, link)
        for document in markdown_files()
        for link in ANCHORED.findall(FENCE.sub("", text(document)))
    ]


def anchors(document: str) -> set[str]:
    """Return what links to the headings of a document end with, as GitHub makes them."""
    titles = HEADING.findall(FENCE.sub("", text(document)))
    return {re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def commands() -> list[Mention]:
    """Return the words after ``sluice`` wherever code names a command: ``connections add tripletex``."""
    found = []
    for document in markdown_files():
        for piece in code_of(document):
            found += [Mention(document, words.strip()) for words in COMMAND.findall(piece)]
    return found


def targets() -> list[Mention]:
    """Return the targets of make that code names."""
    pieces = [(document, piece) for document in markdown_files() for piece in code_of(document)]
    return [Mention(document, target) for document, piece in pieces for target in TARGET.findall(piece)]
