"""A toy ERP whose customers are read in ranges of their keys where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from msgspec.structs import replace

from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from tests.flows.backfill.backfilling import STREAM
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import INCREMENTAL, ToyDocuments, ToyErp, reply

RANGES = """
ranges:
  query: {idFrom: {range: from}, idBefore: {range: to}}
  field: id
schema:"""


class RangedDocuments(ToyDocuments):
    """The toy with customers that may be asked for by their ids."""

    def __init__(self) -> None:
        super().__init__(CANONICAL)
        self._files["connectors/toy/customer.yaml"] = INCREMENTAL.replace("\nschema:", RANGES).encode()


@dataclass
class RangedErp(ToyErp):
    """``spans`` were asked for; ``broken`` keys have an error; ``ignores``: the filter is passed over."""

    broken: set[int] = field(default_factory=set)
    spans: list[tuple[int | None, int | None]] = field(default_factory=list)
    ignores: bool = False

    def _page(self, request: Request) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        if not {"idFrom", "idBefore"} & set(query):
            return super()._page(request)
        span = (query.pop("idFrom", None), query.pop("idBefore", None))
        self.spans.append(
            (None if span[0] is None else int(span[0]), None if span[1] is None else int(span[1]))
        )
        first, end = float(span[0] or "-inf"), float(span[1] or "inf")
        if any(first <= key < end for key in self.broken):
            return reply(503, {"message": "down"})
        everyone = self.rows[STREAM]
        if not self.ignores:
            self.rows[STREAM] = {key: row for key, row in everyone.items() if first <= key < end}
        try:
            return super()._page(replace(request, url=f"https://erp.example/customer?{urlencode(query)}"))
        finally:
            self.rows[STREAM] = everyone


def ranged_rig(customers: int = 100) -> tuple[Rig, RangedErp]:
    """Return a rig whose ERP has so many customers, numbered from -5 on."""
    rig = Rig()
    erp = RangedErp(rig.clock)
    rig.erp = erp
    rig.world = replace(rig.world, sender=erp, catalog=Catalog(RangedDocuments()))
    for key in range(-5, customers - 5):
        erp.put(STREAM, key, f"Firma {key}")
    return rig, erp
