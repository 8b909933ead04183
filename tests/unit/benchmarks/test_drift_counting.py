"""The benchmark of API changes counts right: shares, families of codes, paths, windows, samples."""

from __future__ import annotations

import pytest

from benchmarks.drift.cases import Case, Extent, cases
from benchmarks.drift.expected import DECOY, MEANING, STRUCTURE, UNUSED, is_exact, is_near, names, parts
from benchmarks.drift.judging import windows_of
from benchmarks.drift.measures import Measures
from benchmarks.drift.mutated import Outcome, mutate
from benchmarks.drift.natural.company import Company
from benchmarks.drift.natural.plots import story
from benchmarks.drift.ratios import Ratio, rule_of_three
from benchmarks.drift.stage import Stage, stages
from sandbox.mutations import RECORD
from sluice.model.change_kinds import change_of


def stage(name: str) -> Stage:
    return next(one for one in stages() if one.name == name)


def records(of: Stage, count: int = 120) -> list[dict[str, object]]:
    told = story("steady", 200, 1, whole=True)
    reading = told.readings[0]
    return Company(of, 1).read(reading.which[:count], reading.moment, told.births)


def case(of: str, code: str, path: tuple[str, ...], share: float = 1.0, *, used: bool = True) -> Case:
    return Case(stage(of), RECORD[code][0], path, used, 200, share, 1)


def test_a_share_of_nothing_is_whole() -> None:
    assert Ratio().share == 1.0
    ratio = Ratio()
    for hit in (True, False, True, True):
        ratio.add(hit)
    assert (ratio.share, str(ratio)) == (0.75, "75.0 %")
    assert rule_of_three(3000, 0) == pytest.approx(0.001)


def test_paths_are_read_with_lists_and_quotes() -> None:
    assert parts('orderLines[]."x.y".id') == ("orderLines", "[]", "x.y", "id")
    assert parts('"lines."[]') == ("lines.",)
    assert names('"lines."[].amount') == ("lines", "amount")
    assert parts("") == ()


def test_near_and_exact() -> None:
    change = change_of("D42", '"lines."[].amount', ("number", "absent"))
    assert is_near(change, '"lines.".amount.decimal')
    assert is_near(change, '"lines."')
    assert not is_near(change, '"lines.".quantity')
    assert is_exact(change, '"lines."[]."amount"')
    assert not is_exact(change, '"lines."."amount"')
    whole = change_of("D42", "", ("x", "y"))
    assert not is_near(whole, "amount")


def test_a_broken_sum_may_name_the_path_among_its_terms() -> None:
    change = change_of("D65", "total", ("net + vat = total", "12 of 200 break it"))
    assert is_exact(change, "vat")
    assert not is_exact(change, "discount")


@pytest.mark.parametrize(
    ("of", "code", "path", "used", "kind"),
    [
        ("tripletex/invoice", "D42", ("kid",), True, STRUCTURE),
        ("tripletex/invoice", "D52", ("kid",), True, MEANING),
        ("tripletex/invoice", "D52", ("invoiceDate",), True, STRUCTURE),
        ("tripletex/invoice", "D63", ("amountCurrency",), True, MEANING),
        ("tripletex/invoice", "D42", ("version",), False, UNUSED),
        ("nordic/customer", "D42", ("website",), True, MEANING),
        ("nordic/customer", "D42", ("displayName",), True, STRUCTURE),
        ("nordic/customer", "D55", ("currencyCode",), True, DECOY),
        ("nordic/customer", "D55", ("blocked",), True, MEANING),
    ],
)
def test_the_class_of_a_case(of: str, code: str, path: tuple[str, ...], used: bool, kind: str) -> None:
    assert case(of, code, path, 0.05, used=used).kind == kind


def test_windows_take_everything_once() -> None:
    for count, size in ((240, 10), (1030, 200), (1130, 200), (5, 200), (0, 10)):
        found = windows_of([{"id": number} for number in range(count)], size)
        assert [record["id"] for window in found for record in window] == list(range(count))
        assert all(len(window) < 1.5 * size for window in found)


def test_as_many_records_are_mutated_as_the_share_says() -> None:
    window = records(stage("tripletex/invoice"), 100)
    for share, wanted in ((0.01, 1), (0.2, 20), (1.0, 100)):
        changed, indexes = mutate(case("tripletex/invoice", "D42", ("kid",), share), window)
        assert len(indexes) == wanted
        assert [index for index, record in enumerate(changed) if "kid" not in record] == indexes
    assert all("kid" in record for record in window)


def test_the_same_sample_is_drawn_again() -> None:
    of = stage("nordic/product")
    sample = records(of)
    extent = Extent(seeds=1, used=1, unused=1, sizes=(10, 200), shares=(0.05, 1.0))
    first = [one.name for one in cases(of, sample, extent)]
    assert first == [one.name for one in cases(of, sample, extent)]
    assert len(set(first)) == len(first) > 100


def test_no_id_gets_a_unit_and_no_price_a_key() -> None:
    of = stage("tripletex/product")
    extent = Extent(seeds=1, used=9, unused=9, sizes=(200,), shares=(1.0,))
    found = list(cases(of, records(of), extent))
    assert {one.path for one in found if one.code == "D63"} == {
        ("costExcludingVatCurrency",),
        ("priceExcludingVatCurrency",),
        ("priceIncludingVatCurrency",),
        ("vatType", "percentage"),
    }
    assert {one.path for one in found if one.code == "D59"} == {("id",)}


def test_measures_count_what_is_found_and_what_is_blocked_wrongly() -> None:
    measures = Measures()
    seen = case("tripletex/invoice", "D42", ("kid",))
    unused = case("tripletex/invoice", "D42", ("version",), used=False)
    change = change_of("D42", "kid", ("text", "absent"), ("invoice.payment_reference",))
    measures.add(
        Outcome(seen, 200, STRUCTURE, found=True, code=True, exact=True, blocked=True, said=[change])
    )
    measures.add(Outcome(seen, 200, STRUCTURE, silent=7))
    measures.add(Outcome(unused, 200, UNUSED, found=True, blocked=True, said=[change]))
    assert (measures.recall(STRUCTURE).hits, measures.recall(STRUCTURE).total) == (1, 2)
    assert measures.recall(STRUCTURE, {10}).total == 0
    assert (measures.right_blocks, measures.wrong_blocks) == (1, 1)
    assert len(measures.forbidden) == len(measures.wrong_structure) == 1
    assert measures.missed == {("D42", "absent"): 1}
