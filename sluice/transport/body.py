"""Reads a reply's body to its end, within caps, and decompresses it without believing its length.

A body that ends before it should never becomes a shorter body: it fails.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from msgspec import Struct

_GZIP = 31
_STEP = 64 * 1024


class BodyRefused(Exception):
    """The body is too large, incomplete, or not encoded as it says; the message says which."""


class Caps(Struct, frozen=True):
    """Bytes at most: as they come over the wire, and after decompression.

    A body is held twice while it is put together, so a function of 512 MB has room for the largest.
    """

    wire: int = 32 * 1024 * 1024
    decoded: int = 64 * 1024 * 1024


def read_body(pieces: Iterator[bytes], encoding: str, caps: Caps) -> bytes:
    """Return the decoded body; ``encoding`` is the Content-Encoding header. Raises BodyRefused."""
    kind = encoding.strip().lower()
    if kind in {"gzip", "x-gzip"}:
        return b"".join(_gunzipped(_capped(pieces, caps.wire), caps.decoded))
    if kind not in {"", "identity"}:
        raise BodyRefused(f"the body is encoded as {kind[:40]!r}; only gzip was asked for")
    return b"".join(_capped(pieces, min(caps.wire, caps.decoded)))


def _capped(pieces: Iterator[bytes], cap: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > cap:
            raise BodyRefused(f"the body has more than {cap} bytes; no more are read")
        yield piece


def _gunzipped(pieces: Iterator[bytes], cap: int) -> Iterator[bytes]:
    """Yield the decompressed bytes in small steps; several members one after another are one body."""
    member, size, begun = zlib.decompressobj(_GZIP), 0, False
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                member = zlib.decompressobj(_GZIP)
            begun = True
            try:
                decoded = member.decompress(rest, _STEP)
            except zlib.error as err:
                raise BodyRefused("the body says that it is gzip, but is not, or is damaged") from err
            size += len(decoded)
            if size > cap:
                raise BodyRefused(f"the body decompresses to more than {cap} bytes; no more are read")
            yield decoded
            rest = member.unused_data if member.eof else member.unconsumed_tail
    if begun and not member.eof:
        raise BodyRefused("the gzip body was cut: its end is missing")
