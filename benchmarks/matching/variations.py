"""What happens to one company's record on its way into a second ERP: slips, habits, moves, gaps.

Knows nothing of how names are compared: each variation is something that people do.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.matching.companies import Record

FORMS = ("AS", "ASA", "ANS", "DA", "SA", "ENK", "GmbH")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLACES = (
    ("0150", "Oslo"),
    ("5003", "Bergen"),
    ("7011", "Trondheim"),
    ("4006", "Stavanger"),
    ("9008", "Tromsø"),
)
STREETS = ("Storgata", "Kirkegata", "Industriveien", "Havnegata", "Skolegata", "Strandgata")

Vary = Callable[[Record, Random], None]


def varied(record: Record, random: Random) -> Record:
    """Return the record as another ERP may have it: each part varied or not, on its own."""
    found = copy.deepcopy(record)
    if found["organisation_number"]:
        _pick(NUMBERS, random)(found, random)
    elif found["vat_number"]:
        _pick(VAT_NUMBERS, random)(found, random)
    for choices in (NAMES, ADDRESSES, MAILBOXES, PHONES):
        _pick(choices, random)(found, random)
    if random.random() < 0.3:
        found["website"] = None
    return found


def slipped(text: str, random: Random) -> str:
    """Return a text with one slip of the fingers in a word of five letters or more, if it has one."""
    long = [word for word in text.split() if len(word) >= 5 and word.isalpha()]
    if not long:
        return text
    word = random.choice(long)
    at = random.randrange(1, len(word) - 1)
    kind = random.randrange(4)
    changed = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + random.choice(LETTERS) + word[at + 1 :],
    )[kind]
    return text.replace(word, changed, 1)


def _pick(choices: Sequence[tuple[int, Vary]], random: Random) -> Vary:
    return random.choices([vary for _, vary in choices], [weight for weight, _ in choices])[0]


def _same(record: Record, random: Random) -> None:
    """Leave it."""


def _spaced_number(record: Record, random: Random) -> None:
    plain = record["organisation_number"]
    record["organisation_number"] = f"NO {plain[:3]} {plain[3:6]} {plain[6:]}" + random.choice((" MVA", ""))


def _only_vat(record: Record, _random: Random) -> None:
    record["vat_number"] = f"NO{record['organisation_number']}MVA"
    record["organisation_number"] = None


def _no_number(record: Record, _random: Random) -> None:
    record["organisation_number"] = None


def _slipped_number(record: Record, random: Random) -> None:
    plain = record["organisation_number"]
    at = random.randrange(1, 9)
    digit = random.choice([digit for digit in "0123456789" if digit != plain[at]])
    record["organisation_number"] = plain[:at] + digit + plain[at + 1 :]


def _spaced_vat(record: Record, _random: Random) -> None:
    plain = record["vat_number"]
    record["vat_number"] = f"{plain[:2]} {plain[2:5]} {plain[5:8]} {plain[8:]}"


def _vat_without_country(record: Record, _random: Random) -> None:
    record["vat_number"] = record["vat_number"][2:]


def _no_vat(record: Record, _random: Random) -> None:
    record["vat_number"] = None


def _slipped_name(record: Record, random: Random) -> None:
    record["name"] = slipped(record["name"], random)


def _other_form(record: Record, random: Random) -> None:
    words = record["name"].split()
    if words[-1] in FORMS:
        left = random.choice(["", *(form for form in FORMS if form != words[-1])])
        record["name"] = " ".join([*words[:-1], left]).strip()


def _form_in_full(record: Record, random: Random) -> None:
    words = record["name"].split()
    if words[-1] == "AS":
        record["name"] = " ".join(words[:-1]) + random.choice((" A/S", " A.S.", " Aksjeselskap", " as"))


def _in_capitals(record: Record, _random: Random) -> None:
    record["name"] = record["name"].upper()


def _without_accents(record: Record, _random: Random) -> None:
    table = str.maketrans({"ø": "oe", "å": "aa", "æ": "ae", "Ø": "Oe", "Å": "Aa", "Æ": "Ae"})
    plain = unicodedata.normalize("NFC", record["name"]).translate(table)
    record["name"] = unicodedata.normalize("NFD", plain).encode("ascii", "ignore").decode()


def _turned(record: Record, random: Random) -> None:
    words = record["name"].split()
    form = [words.pop()] if words[-1] in FORMS else []
    record["name"] = " ".join(random.choice(([*words[1:], words[0], *form], [*form, *words])))


def _joined(record: Record, random: Random) -> None:
    words = record["name"].split()
    if len(words) > 2:
        record["name"] = " ".join([words[0] + random.choice(("", "-")) + words[1].lower(), *words[2:]])


def _moved(record: Record, random: Random) -> None:
    code, city = random.choice(PLACES)
    street = f"{random.choice(STREETS)} {random.randrange(1, 140)}"
    record["postal_address"] = {**_address(record), "line_1": street, "postal_code": code, "city": city}
    record["visiting_address"] = None


def _abbreviated(record: Record, _random: Random) -> None:
    address = _address(record)
    line = (address["line_1"] or "").replace("gata", "gt.").replace("veien", "v.").replace("vegen", "vg.")
    record["postal_address"] = {**address, "line_1": line, "city": (address["city"] or "").upper()}


def _no_address(record: Record, _random: Random) -> None:
    record["postal_address"] = record["visiting_address"] = None


def _address(record: Record) -> Record:
    found = record["postal_address"] or record["visiting_address"]
    empty = dict.fromkeys(("line_1", "line_2", "postal_code", "city", "region", "country"))
    return found or {**empty, "line_1": "Storgata 1", "country": "NO"}


def _other_mailbox(record: Record, random: Random) -> None:
    domain = (record["email"] or "").partition("@")[2]
    if domain and not record["private_individual"]:
        record["email"] = f"{random.choice(('post', 'faktura', 'firmapost'))}@{domain}"
        record["invoice_email"] = None


def _no_mailbox(record: Record, _random: Random) -> None:
    record["email"] = record["invoice_email"] = record["website"] = None


def _other_phone(record: Record, random: Random) -> None:
    record["phone"] = str(random.randrange(21_000_000, 79_000_000))
    record["mobile_phone"] = None


def _plain_phone(record: Record, _random: Random) -> None:
    record["phone"] = (record["phone"] or "").replace("+47 ", "") or None


def _no_phone(record: Record, _random: Random) -> None:
    record["phone"] = record["mobile_phone"] = None


NUMBERS = ((42, _same), (20, _spaced_number), (8, _only_vat), (27, _no_number), (3, _slipped_number))
VAT_NUMBERS = ((50, _same), (20, _spaced_vat), (8, _vat_without_country), (22, _no_vat))
NAMES = (
    (35, _same), (20, _slipped_name), (15, _other_form), (8, _form_in_full), (6, _in_capitals),
    (8, _without_accents), (4, _turned), (4, _joined),
)  # fmt: skip
ADDRESSES = ((55, _same), (15, _abbreviated), (12, _moved), (18, _no_address))
MAILBOXES = ((50, _same), (25, _other_mailbox), (25, _no_mailbox))
PHONES = ((30, _same), (25, _plain_phone), (15, _other_phone), (30, _no_phone))
