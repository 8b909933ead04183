"""The catalogue against the table of changes, and how mutations are written."""

from __future__ import annotations

import pytest

from sandbox.mutations import catalogue, read_mutation, variants
from sluice.model.change_kinds import KINDS

NOT_SHOWN = {
    "D04": "a sandbox has one address on this machine; a connection to another name shows it",
    "D72": "each sandbox is one connection's; what is on in one of several is the phased change",
}


def test_every_kind_of_change_can_be_ordered() -> None:
    assert set(KINDS) - {entry.code for entry in catalogue()} == set(NOT_SHOWN)


def test_every_variant_has_a_name_and_a_title_of_its_own() -> None:
    names = [(entry.on, entry.name) for entry in catalogue()]
    assert len(set(names)) == len(names)
    assert all(entry.title and entry.variant for entry in catalogue())


def test_a_variant_s_name_is_unique_in_its_code() -> None:
    for code in KINDS.keys() - NOT_SHOWN.keys():
        names = variants(code)
        assert len(set(names)) == len(names) > 0


@pytest.mark.parametrize(
    "text",
    [
        "D42:customer.organizationNumber",
        "D44/renamed:customer.organizationNumber=orgNumber@0.05",
        "D63/x100:invoice.orderLines.amount",
        'D42:customer."addresses.".city@0.5',
        "D28:customer=100",
        "D16/date:customer=2027-01-01",
        "D24=60",
        "D01:customer",
    ],
)
def test_a_mutation_is_written_as_it_was_read(text: str) -> None:
    assert str(read_mutation(text)) == text


def test_what_is_read() -> None:
    mutation = read_mutation("d44:invoice.orderLines[].product.id=ref@5%")
    assert (mutation.code, mutation.stream, mutation.path) == (
        "D44",
        "invoice",
        ("orderLines", "product", "id"),
    )
    assert (mutation.variant, mutation.to, mutation.share) == ("", "ref", 0.05)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("D99:customer.name", "there is no mutation 'D99'; did you mean"),
        ("D60/doted:invoice.date", "D60 has no variant 'doted'; did you mean 'dotted'? there are compact"),
        ("D42:customer", "names no field; right would be D42:STREAM.FIELD"),
        ("D42", "names no field"),
        ("D28:customer.name", "names a field; D28 takes a stream alone"),
        ("D42:customer.name=x", "D42 takes no argument after ="),
        ("D42:customer.name@3", "the share is 3; right would be above 0 and at most 1"),
        ("D42:customer.name@0", "the share is 0"),
        ("D16:customer@0.3", "shows on the wire, so it takes no share"),
        ("remove customer.name", "is not a mutation; right would be CODE[/VARIANT]"),
        ("D42:customer..name", "is not a path"),
        ("", "is not a mutation"),
    ],
)
def test_a_wrong_mutation_says_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the text is the point)
        read_mutation(text)
    assert said in str(caught.value)
