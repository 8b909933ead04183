"""Numbers of another unit, sign or precision than before (D63, D64, D66).

Numbers that count up or name something have no unit; amounts of a good month or of one large customer have
the unit they had. So a shift must be larger than a season's, and the same for small and large values.
"""

from __future__ import annotations

from collections.abc import Iterator

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.numbers import BINS, UNIT, Numbers
from sluice.contract.statistics.role import Role
from sluice.contract.statistics.units import some_in_another_unit

TOLD_SHIFT = 0.35
"""Decades: more than a year's end, which doubles amounts (0.3), makes of itself."""
CERTAIN_SHIFT = 1.5
"""Decades: more than one large customer makes of a window; STEADY_SHIFT where sizes vary little."""
STEADY_SHIFT = 0.8
FIXED_SHIFT = 0.5
"""Decades where there are a few numbers that hardly vary at all: rates, terms, percentages."""
_STEADY = 10
_FIXED = 25
_ERRORS = 5
_MIN_NOW = 50
_MIN_BEFORE = 200
_MIN_WRITTEN = 100
"""Numbers of which decimals are compared: these vary less than magnitudes."""
_MANY_DISTINCT = 0.3
_QUANTILES = (0.04, 0.1, 0.25, 0.5, 0.75, 0.9, 0.96)
_STEP = 0.03
"""Where few values come again and again, quantiles jump; so each is held against two of its neighbours."""
_MARGIN = 0.15
_SOME = 0.2
_MIN_PROBED = 10
_KNOWN = 400
_SURELY = -20.0
"""Credit notes and corrections begin one day; but not with a fifth of all."""
_UNITS = {
    "100": 2.0,
    "1000": 3.0,
    "10": 1.0,
    "60": 1.77815,
    "3600": 3.5563,
    "24": 1.38021,
    "7.5": 0.87506,
    "12": 1.07918,
}
_MEASURED = frozenset({Role.NUMBER, Role.TEXT, Role.ANY, Role.CODE})


def scale_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield a difference of scale, one of sign and one of precision, where there are any."""
    now, pooled = seen.now.numbers, seen.pooled.numbers
    if seen.role not in _MEASURED or not now.nonzero or pooled.nonzero < _MIN_WRITTEN or _names(seen):
        return
    if pooled.nonzero >= _MIN_BEFORE:
        yield from filter(None, (_scale(seen), _sign(seen)))
    precision = _precision(seen)
    if precision:
        yield precision


def _names(seen: Comparison) -> bool:
    """Return whether the numbers name or count something: whole, and hardly any comes twice."""
    pooled = seen.pooled
    return pooled.numbers.whole == pooled.numbers.count and pooled.distinct > _MANY_DISTINCT * pooled.filled


def _scale(seen: Comparison) -> Difference | None:
    shifted = _shifted(seen)
    if shifted and shifted.certain:
        return shifted
    beyond = _outliers(seen)
    return (some_in_another_unit(seen) if shifted or beyond else None) or shifted or beyond


def _shifted(seen: Comparison) -> Difference | None:
    now, measured = seen.now.numbers, seen.before.of("level")
    if now.nonzero < _MIN_NOW or measured.count < 3:
        return None
    shift = now.level - measured.mean
    error = measured.spread(max(0.03, 2 * seen.pooled.numbers.width / now.nonzero**0.5))
    if abs(shift) < max(TOLD_SHIFT, _ERRORS * error):
        return None
    alike = _alike(seen.pooled.numbers, now, shift)
    seen_as = (f"about 10^{measured.mean:.1f}", f"about 10^{now.level:.1f}")
    facts = {
        "decades": round(shift, 2),
        "errors": round(abs(shift) / error, 1),
        "alike": alike,
        **_unit(shift),
    }
    certain = alike and abs(shift) >= _certain_from(seen, abs(shift) / error)
    return difference("D63", seen_as, 1.0, certain=certain, evidence=seen.evidence(-99.0, **facts))


def _certain_from(seen: Comparison, errors: float) -> float:
    """Return the decades from which on a shift of so many standard errors is another unit."""
    if errors >= _FIXED and seen.pooled.codes is not None:
        return FIXED_SHIFT
    return STEADY_SHIFT if errors >= _STEADY else CERTAIN_SHIFT


def _alike(before: Numbers, now: Numbers, shift: float) -> bool:
    """Return whether small and large values moved by the same: a unit moves all, a customer does not."""
    slack = max(0.2, 0.25 * abs(shift))
    return all(
        before.quantile(share - _STEP) - slack
        <= now.quantile(share) - shift
        <= before.quantile(share + _STEP) + slack
        for share in _QUANTILES
    )


def _unit(shift: float) -> dict[str, str]:
    for name, decades in _UNITS.items():
        if abs(abs(shift) - decades) < 0.12:
            return {"unit": f"{'x' if shift > 0 else '/'} {name}"}
    return {}


def _outliers(seen: Comparison) -> Difference | None:
    """Return D63 for some values beyond all that ever came; told only, as a customer may be large."""
    now, pooled = seen.now.numbers, seen.pooled.numbers
    if pooled.low is None or pooled.high is None:
        return None
    high, low = pooled.high / UNIT + _MARGIN, pooled.low / UNIT - _MARGIN
    above = sum(count for number, count in now.bins.items() if number / BINS >= high)
    below = sum(count for number, count in now.bins.items() if (number + 1) / BINS <= low)
    count = max(above, below)
    likely = chance(count, now.nonzero, 0, pooled.nonzero)
    if count < 3 or likely > TOLD:
        return None
    seen_as = (
        f"10^{low + _MARGIN:.1f} to 10^{high - _MARGIN:.1f}",
        f"{'above' if above >= below else 'below'} that",
    )
    share = count / now.count
    return difference("D63", seen_as, share, certain=False, evidence=seen.evidence(likely, beyond=count))


def _sign(seen: Comparison) -> Difference | None:
    now, pooled, measured = seen.now.numbers, seen.pooled.numbers, seen.before.of("negative")
    share, usual = now.negative / now.nonzero, pooled.negative / pooled.nonzero
    likely = chance(now.negative, now.nonzero, pooled.negative, pooled.nonzero)
    seen_as = (f"negative in {percent(usual)}", f"negative in {percent(share)}")
    evidence = seen.evidence(likely)
    flipped = abs(share - usual) >= 0.5 and abs(share - (1 - usual)) <= 0.2 and now.nonzero >= _MIN_NOW
    if flipped and measured.count >= 3 and abs(share - measured.mean) >= 6 * measured.spread(0.05):
        return difference("D64", seen_as, 1.0, certain=True, evidence=evidence)
    if usual <= 0.01 and now.negative >= 3 and share >= 0.02 and likely <= TOLD:
        certain = not pooled.negative and pooled.nonzero >= _KNOWN and likely <= _SURELY
        certain = certain and now.nonzero >= _MIN_NOW and share >= _SOME
        return difference("D64", seen_as, share, certain=certain, evidence=evidence)
    return None


def _precision(seen: Comparison) -> Difference | None:
    """Return D66: far more decimals than there ever were, or fewer."""
    return _noise(seen) or _finer(seen) or _coarser(seen) or _whole(seen)


def _noise(seen: Comparison) -> Difference | None:
    """Return D66 where numbers have the many decimals that binary arithmetic leaves."""
    now, pooled = seen.now.numbers, seen.pooled.numbers
    likely = chance(now.noisy, now.probed, pooled.noisy, pooled.probed)
    if now.noisy < 3 or now.noisy < _SOME * now.probed or likely > TOLD:
        return None
    share = now.noisy / now.probed * (now.count - now.whole) / now.count
    seen_as = ("at most six decimals", f"more than six in {percent(share)}")
    return difference("D66", seen_as, share, certain=True, evidence=seen.evidence(likely))


def _finer(seen: Comparison) -> Difference | None:
    """Return D66: more than two decimals where there never were.

    Decimals written as text are exact, and a price list raised by four per cent has four of them.
    """
    now, pooled = seen.now.numbers, seen.pooled.numbers
    likely, share = chance(now.fine, now.count, pooled.fine, pooled.count), now.fine / now.count
    if "decimal" in seen.pooled.forms or pooled.fine > 0.01 * pooled.count:
        return None
    if now.fine < 3 or share < 0.02 or likely > TOLD:
        return None
    seen_as = ("at most two decimals", f"more than two in {percent(share)}")
    return difference("D66", seen_as, share, certain=True, evidence=seen.evidence(likely))


def _coarser(seen: Comparison) -> Difference | None:
    """Return D66 where no number has a second decimal any more."""
    now, pooled = seen.now.numbers, seen.pooled.numbers
    likely = chance(now.short, now.probed, pooled.short, pooled.probed)
    if now.probed < _MIN_PROBED or now.short < now.probed or likely > TOLD:
        return None
    share = (now.count - now.whole) / now.count
    seen_as = (f"one decimal in {percent(pooled.short / pooled.probed)}", "one decimal in all")
    return difference("D66", seen_as, share, certain=True, evidence=seen.evidence(likely))


def _whole(seen: Comparison) -> Difference | None:
    """Return D66 where no number has decimals any more."""
    now, pooled, measured = seen.now.numbers, seen.pooled.numbers, seen.before.of("whole")
    usual = pooled.whole / pooled.count
    likely = chance(now.whole, now.count, pooled.whole, pooled.count)
    if now.count < _MIN_NOW or now.whole < now.count or likely > ACTED_ON:
        return None
    error = float((usual * (1 - usual) / now.count) ** 0.5)
    steady = measured.count >= 3 and measured.mean + 4 * measured.spread(max(0.01, error)) < 1
    if usual > 0.7 and not steady:
        return None
    seen_as = (f"whole in {percent(usual)}", "whole in all")
    return difference("D66", seen_as, 1.0, certain=True, evidence=seen.evidence(likely))
