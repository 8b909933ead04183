"""Finds in a text what nobody sees: letters without a shape, turned directions, letters written in two ways.

Two names that look alike must be told apart by people, so such a letter is written as an escape where it is
meant. It changes no text. Source: Unicode Standard Annex 15 (NFC) and Technical Report 36, read 2026-11-22.
"""

from __future__ import annotations

import re
import unicodedata

# No shape of their own: soft hyphen, joiners, marks and overrides of direction, tags, other line ends.
_UNSEEN = re.compile(
    "[\u0085\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
    # Joiners belong into emoji and some scripts, not beside letters of a name.
    "|(?<=[0-9A-Za-z_])[\u200c\u200d]|[\u200c\u200d](?=[0-9A-Za-z_])"
)
_LETTERS = re.compile("[^\x00-\x7f]+")


def unseen(text: str) -> tuple[int, str] | None:
    """Return where the first such letter stands and what it is, in words; None where there is none."""
    if text.isascii():
        return None
    if found := _UNSEEN.search(text):
        return found.start(), named(found[0])
    if unicodedata.is_normalized("NFC", text):
        return None
    composed = unicodedata.normalize("NFC", text)
    at = next((at for at, (one, two) in enumerate(zip(text, composed, strict=False)) if one != two), 0)
    return at, f"{named(text[at : at + 2])}, which is {named(composed[at])} written apart"


def named(letters: str) -> str:
    """Return letters by number and name: ``U+0301 COMBINING ACUTE ACCENT``."""
    return " and ".join(f"U+{ord(one):04X} {unicodedata.name(one, '')}".rstrip() for one in letters)


def foreign_letters(word: str, like: str) -> str:
    """Return, by number and name, the letters of ``word`` outside ASCII where a word like it has none."""
    if not like.isascii() or word.isascii():
        return ""
    return named("".join(dict.fromkeys("".join(_LETTERS.findall(word))))[:3])
