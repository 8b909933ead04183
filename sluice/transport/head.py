"""What may stand above a reply's body: one length that is a number, one way to tell its end, whole lines."""

from __future__ import annotations

import http.client

from sluice.transport.body import BodyRefused

MOST_BYTES = 256 * 1024
"""Bytes of all headers together; http.client reads 100 lines of 64 KB at most."""


class CheckedResponse(http.client.HTTPResponse):
    """A response whose head is judged before anybody looks at it; what is refused is closed."""

    def begin(self) -> None:
        """Read the head; raises BodyRefused, and what http.client raises."""
        super().begin()
        if self.msg.defects:
            raise BodyRefused("the reply has a line among its headers that is none")
        _check_lines(self.msg.items())
        _check_lengths(self.msg)


def _check_lines(found: list[tuple[str, str]]) -> None:
    size = 0
    for name, value in found:
        size += len(name) + len(value) + 4
        if not {"\r", "\n", "\0"}.isdisjoint(value):
            raise BodyRefused("the reply has a header that goes over several lines, or holds a NUL")
    if size > MOST_BYTES:
        raise BodyRefused(f"the reply has {size} bytes of headers; at most {MOST_BYTES} are taken")


def _check_lengths(head: http.client.HTTPMessage) -> None:
    encodings = head.get_all("transfer-encoding", [])
    lengths = {part.strip() for value in head.get_all("content-length", []) for part in value.split(",")}
    if any(encoding.strip().lower() != "chunked" for encoding in encodings) or len(encodings) > 1:
        raise BodyRefused("the reply is transferred in a way that nobody asked for; right would be chunked")
    if encodings and lengths:
        raise BodyRefused("the reply gives both a length and chunks, which contradict each other")
    if not all(length.isascii() and length.isdecimal() for length in lengths):
        raise BodyRefused("the reply gives a length that is no number")
    if len(set(map(int, lengths))) > 1:
        raise BodyRefused("the reply gives different lengths")
