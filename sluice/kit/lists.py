"""Finds the lists that an API answers with, and which entity of the canonical model each is a list of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sluice.description.model import Description, Schema
from sluice.kit.proposal import Listed, fields_of, is_list, is_object
from sluice.kit.words import first_in, plain, singular, words_of

NAMES: Mapping[str, Sequence[str]] = {
    "customer": ("customer", "client", "debtor", "businesspartner"),
    "supplier": ("supplier", "vendor", "creditor"),
    "project": ("project", "job"),
    "employee": ("employee", "worker", "staff", "person"),
    "department": ("department", "costcenter", "costcentre", "orgunit"),
    "product": ("product", "item", "article", "inventoryitem", "stockitem"),
    "account": ("ledgeraccount", "generalledgeraccount", "glaccount", "chartofaccount", "account"),
    "invoice": ("invoice", "salesinvoice", "customerinvoice", "outgoinginvoice"),
    "supplier_invoice": ("supplierinvoice", "vendorinvoice", "purchaseinvoice", "incominginvoice", "bill"),
    "order": ("salesorder", "customerorder", "order"),
    "purchase_order": ("purchaseorder", "supplierorder"),
    "time_entry": (
        "timeentry",
        "timesheetentry",
        "timeregistration",
        "timeregistrationentry",
        "timeactivity",
        "hour",
        "timesheet",
    ),
    "activity": ("activity", "activitytype", "worktype"),
    "ledger_entry": ("ledgerentry", "generalledgerentry", "ledgerposting", "posting", "accounttransaction"),
}
"""How ERPs call the entities, the surest name first, in words without separators and in the singular."""
_ENVELOPES = ("value", "values", "data", "items", "results", "records", "content", "entries", "list", "rows")
_OWNERS = frozenset(
    (
        "company",
        "tenant",
        "organisation",
        "organization",
        "division",
        "realm",
        "slug",
        "agreement",
        "environment",
    )
)


class Found(Struct, frozen=True):
    """A list, and the entity that it seems to hold; ``sureness`` 0 is the surest."""

    listed: Listed
    entity: str
    sureness: int


def lists_of(description: Description) -> Iterator[Listed]:
    """Yield the operations that read a list of objects."""
    for operation in description.operations.values():
        readable = operation.method == "GET" and operation.response is not None
        if readable and (not operation.media or "json" in operation.media):
            found = _list_in(
                description, description.resolved(operation.response or Schema()), operation.path
            )
            if found is not None:
                records, item, envelope = found
                yield Listed(operation, records, item, envelope)


def entity_of(path: str) -> tuple[str, int] | None:
    """Return the entity that the end of a path names, and how sure that is; None where it names none."""
    parts = [part for part in path.split("/") if part and not part.startswith("{")]
    ends = [plain_singular(parts[-1])] if parts else []
    if len(parts) > 1:
        ends.insert(0, plain_singular(parts[-2]) + plain_singular(parts[-1]))
    for end in ends:
        for entity, names in NAMES.items():
            if end in names:
                return entity, names.index(end)
    return None


def best_lists(lists: Sequence[Listed]) -> tuple[list[Found], list[Listed]]:
    """Return for each entity the list that is surest to hold it, and the lists that nothing was made of."""
    best: dict[str, Found] = {}
    for listed in lists:
        named = entity_of(listed.operation.path)
        if named is None or parents_of(listed.operation.path):
            continue
        found = Found(listed, *named)
        if found.entity not in best or _rank(found) < _rank(best[found.entity]):
            best[found.entity] = found
    taken = {found.listed.operation.path for found in best.values()}
    return [best[entity] for entity in NAMES if entity in best], [
        listed for listed in lists if listed.operation.path not in taken
    ]


def parents_of(path: str) -> list[str]:
    """Return the placeholders of a path that name another record: its list is read once for each of these."""
    return [name for name in placeholders(path) if not _OWNERS & set(words_of(name))]


def placeholders(path: str) -> list[str]:
    """Return the names in braces."""
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def plain_singular(part: str) -> str:
    """Return a part of a path as one word, its last word in the singular."""
    words = words_of(part)
    words = words[1:] if len(words) > 1 and len(words[0]) == 1 else words  # SAP writes A_SalesOrder
    return "".join((*words[:-1], singular(words[-1]))) if words else ""


def _rank(found: Found) -> tuple[int, int, str]:
    path = found.listed.operation.path
    return found.sureness, path.count("/"), path


def _list_in(description: Description, answer: Schema, path: str) -> tuple[str, Schema, Schema | None] | None:
    item = _item(description, answer)
    if item is not None:
        return "", item, None
    fields = fields_of(description, answer)
    inner = {name: _item(description, schema) for name, schema in fields.items()}
    lists = {name: item for name, item in inner.items() if item is not None}
    if lists:
        name = _the_one(lists, path)
        return (name, lists[name], answer) if name else None
    for name, schema in fields.items():
        # One level down, as OData 2 answers: {"d": {"results": [...]}}.
        if is_object(schema) and plain(name) in {"d", "data", "result", "response", "embedded"}:
            below = _list_in(description, schema, path)
            if below is not None:
                return f"{name}.{below[0]}" if below[0] else name, below[1], below[2]
    return None


def _item(description: Description, schema: Schema) -> Schema | None:
    """Return what a list holds, None for what is no list of objects."""
    if not is_list(schema) or schema.items is None:
        return None
    item = description.resolved(schema.items)
    return item if is_object(item) and item.fields else None


def _the_one(lists: Mapping[str, Schema], path: str) -> str | None:
    """Return the field that holds the records; a record itself has lists too, under names of its own."""
    if first_in(_ENVELOPES, lists):
        return first_in(_ENVELOPES, lists)
    wanted = plain_singular(path.rstrip("/").rpartition("/")[2])
    return next((name for name in lists if plain_singular(name) == wanted), None)
