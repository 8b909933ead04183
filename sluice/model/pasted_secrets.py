"""Recognises a credential that was pasted where none belongs, and keeps it out of what is said about it.

By the forms that issuers give their credentials, and by how random a long word is. It cannot know a password
that looks like a word: where a connector has to name a secret, sluice.connector.building says so itself.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

HIDDEN = "***"

_KNOWN: dict[str, tuple[tuple[str, ...], str]] = {
    "a private key": (("PRIVATE KEY-",), r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    "a JSON Web Token": (
        (".eyJ",),
        r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?",
    ),
    "an AWS access key": (("AKIA", "ASIA"), r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a GitHub token": (
        ("gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_"),
        r"\b(gh[oprsu]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    ),
    "a GitLab token": (("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "a Slack token": (
        ("xox", "hooks.slack.com"),
        r"\bxox[a-z]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
    ),
    "a Stripe key": (("k_live_", "k_test_"), r"\b[prs]k_(live|test)_[A-Za-z0-9]{16,}"),
    "a Google key": (
        ("AIza", "ya29.", "GOCSPX-"),
        r"\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}",
    ),
    "an npm or SendGrid token": (
        ("npm_", "SG."),
        r"\bnpm_[A-Za-z0-9]{30,}|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    ),
    "an Authorization header": (
        ("earer", "EARER", "asic", "ASIC"),
        r"\b(?i:bearer|basic)\s{1,3}[A-Za-z0-9+/=._~-]{16,}",
    ),
}
"""By what it is: words of which one stands in it, looked for first because that is quick; and its form,
which is compiled when such a word is met."""
_USER_PART = re.compile(r"(?<=://)[^/\s:@?#]{1,100}:[^/\s@?#]{1,200}(?=@)")
"""Of an address; that it may not be there is for those to say who check addresses."""
# A word that may be a credential: long, and of the letters in which random bytes are written.
_WORD = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?=.*[0-9])(?=.*[a-fA-F])[0-9a-fA-F]{32,}")
_ONE_CASE = re.compile("[0-9a-z]+|[0-9A-Z]+")
_CLASSES = (re.compile("[0-9]"), re.compile("[a-z]"), re.compile("[A-Z]"))
_TURNS = re.compile("[0-9][A-Za-z]|[A-Za-z](?=[0-9])")
_SIGNS = re.compile("[/+_=-]")
_CHANGES = 0.42
"""Of random letters 0.62 are followed by one of another class, of names in camel case some 0.3."""
_BITS_OF_HEX = 3.0
_BITS_OF_OTHERS = 3.9
"""Bits of a letter, by how often each stands in the word: random ones of 24 have some 4.3, names 3.6."""
_FEWEST_TURNS = 6
"""So often a random word of one case goes from letters to digits or back; a name with a year does twice."""


def kind_of(text: str) -> str:
    """Return what credential stands in a text, in words (``a GitHub token``); empty where none is seen."""
    for kind, (words, pattern) in _KNOWN.items():
        if any(word in text for word in words) and re.search(pattern, text):
            return kind
    return "a random key" if any(_is_random(found[0]) for found in _WORD.finditer(text)) else ""


def hidden(text: str) -> str:
    """Return the text with every credential that is seen in it made unreadable."""
    for _, form in _KNOWN.values():
        text = re.sub(form, HIDDEN, text)
    text = _USER_PART.sub(HIDDEN, text)
    return _WORD.sub(lambda found: HIDDEN if _is_random(found[0]) else found[0], text)


def _is_random(word: str) -> bool:
    if _HEX.fullmatch(word):
        return _bits(word.lower()) >= _BITS_OF_HEX
    if _ONE_CASE.fullmatch(word):
        return len(_TURNS.findall(word)) >= _FEWEST_TURNS and _bits(word) >= _BITS_OF_OTHERS
    is_mixed = all(letters.search(word) for letters in _CLASSES)
    # Names and paths are made of words: their letters stay what they are for longer.
    letters = _SIGNS.sub("", word)
    return is_mixed and _share_of_changes(letters) >= _CHANGES and _bits(word) >= _BITS_OF_OTHERS


def _share_of_changes(letters: str) -> float:
    """Return how often a letter is followed by one of another class: small, capital, digit."""
    kinds = [(one.isdigit(), one.isupper()) for one in letters]
    changes = sum(one != two for one, two in pairwise(kinds))
    return changes / max(len(letters) - 1, 1)


def _bits(word: str) -> float:
    shares = [count / len(word) for count in Counter(word).values()]
    return -sum(share * math.log2(share) for share in shares)
