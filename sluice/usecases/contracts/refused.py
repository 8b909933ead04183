"""Fields that the ERP refuses by name: a change, also where no record shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from sluice.contract.judging import without_echoes
from sluice.mapping.mapper import Mapper
from sluice.model.change import Change
from sluice.model.change_kinds import change_of


def refused_changes(paths: Iterable[str], mapper: Mapper, told: Sequence[Change]) -> list[Change]:
    """Return the change (D42) of each refused path that the changes ``told`` do not explain."""
    seen = ("served", "refused by the ERP")
    found = [change_of("D42", path, seen, ("mapping",)) for path in paths]
    used = mapper.used
    named = [replace(change, used_by=used.fields_at(change.segments())) for change in found]
    return without_echoes(named, told)
