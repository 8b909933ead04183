"""The chart of accounts of the seed, made record by record.

The charts that Tryton brings differ between its series; a company that upgrades keeps its own, and so does
the seed. Knows nothing of Sluice.
"""

from __future__ import annotations

from typing import Any

from proteus import Model, config

TYPES: dict[str, tuple[str | None, str | None, str]] = {
    "Kontotyper": (None, None, ""),
    "Eiendeler": ("Kontotyper", "balance", "assets"),
    "Gjeld": ("Kontotyper", "balance", ""),
    "Egenkapital": ("Kontotyper", "balance", ""),
    "Utenfor balansen": ("Kontotyper", "off-balance", ""),
    "Omløpsmidler": ("Eiendeler", "balance", "assets"),
    "Kortsiktig gjeld": ("Gjeld", "balance", ""),
    "Resultat": ("Egenkapital", "income", ""),
    "Bank": ("Omløpsmidler", "balance", "assets"),
    "Kundefordringer": ("Omløpsmidler", "balance", "assets receivable"),
    "Leverandørgjeld": ("Kortsiktig gjeld", "balance", "payable"),
    "Skyldig avgift": ("Kortsiktig gjeld", "balance", ""),
    "Banklån": ("Gjeld", "balance", "debt"),
    "Salg": ("Resultat", "income", "revenue"),
    "Kostnader": ("Resultat", "income", "expense"),
}
"""Name -> the type above, the statement, what is ticked."""

ACCOUNTS: dict[str, tuple[str, str | None, str]] = {
    "chart": ("Kontoplan", None, "Kontotyper"),
    "cash": ("Bankinnskudd", "1920", "Bank"),
    "expense": ("Varekjøp", "4300", "Kostnader"),
    "payable": ("Leverandører", None, "Leverandørgjeld"),
    "receivable": ("Kunder", "1500", "Kundefordringer"),
    "revenue": ("Salgsinntekt", "3000", "Salg"),
    "tax": ("Utgående merverdiavgift", "2700", "Skyldig avgift"),
    "loan": ("Gjeld til bank", "2220", "Banklån"),
    "exchange": ("Valutadifferanser", "8160", "Kostnader"),
}
"""Kind -> name, code, type. All of them stand below the first, which groups them and is closed."""


def create_chart(company_id: int) -> None:
    """Create types and accounts, in order, and make those for parties, sales and currencies the defaults."""
    types: dict[str | None, int] = {}
    for name, (above, statement, ticked) in TYPES.items():
        marks = dict.fromkeys(ticked.split(), True)
        row = {"name": name, "parent": types.get(above), "statement": statement, "company": company_id}
        types[name] = _create("account.account.type", {**row, **marks})
    ids: dict[str, int] = {}
    for kind, (name, code, type_name) in ACCOUNTS.items():
        row = {"name": name, "code": code, "type": types[type_name], "company": company_id}
        above = {"parent": ids["chart"]} if ids else {"closed": True}
        for_parties = dict.fromkeys(("reconcile", "party_required"), kind in {"payable", "receivable"})
        ids[kind] = _create("account.account", {**row, **above, **for_parties})
    defaults = Model.get("account.configuration")(1)
    account = Model.get("account.account")
    for kind in ("receivable", "payable"):
        setattr(defaults, f"default_account_{kind}", account(ids[kind]))
    for kind in ("expense", "revenue"):
        setattr(defaults, f"default_category_account_{kind}", account(ids[kind]))
    for side in ("credit", "debit"):
        setattr(defaults, f"currency_exchange_{side}_account", account(ids["exchange"]))
    defaults.save()


def accounts() -> dict[str, int]:
    """Return the ids of the accounts by kind."""
    by_name = {account.name: int(account.id) for account in Model.get("account.account").find()}
    return {kind: by_name[name] for kind, (name, _, _) in ACCOUNTS.items()}


def _create(model: str, row: dict[str, Any]) -> int:
    found: list[int] = Model.get(model)._proxy.create([row], config.get_config().context)
    return found[0]
