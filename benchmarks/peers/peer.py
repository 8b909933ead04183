"""Who takes part: what each reader is called, what it does with a record, how it is started."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS, REQUIREMENTS = HERE / "scripts", HERE / "requirements"
ADDRESS, CONTRACT = "{address}", "{contract}"
"""Places in a command: where the ERP answers, and a file for the contract."""

_SLUICE = (
    str(Path(sys.executable).with_name("sluice")),
    *("pull", "tripletex", "customer", "--out", "/dev/null"),
    *("--set", "consumer_token=benchmark", "--set", "employee_token=benchmark"),
    *("--set", f"base_url={ADDRESS}"),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """A reader. ``command`` follows the Python of ``environment``, or stands alone where that is None.

    ``environment`` is the name of a file of requirements; "" is the project's own environment.
    ``is_other`` says whether it is somebody else's tool, which we compare ourselves with.
    """

    name: str
    does: str
    command: tuple[str, ...]
    environment: str | None = ""
    is_other: bool = False

    @property
    def keeps(self) -> bool:
        """Whether it is held against a contract, which has to be made before."""
        return CONTRACT in self.command

    def started(self, python: Path, address: str, contract: Path) -> list[str]:
        """Return the whole command line."""
        filled = [part.replace(ADDRESS, address).replace(CONTRACT, str(contract)) for part in self.command]
        return filled if self.environment is None else [str(python), *filled]


def _script(name: str, *further: str) -> tuple[str, ...]:
    return (str(SCRIPTS / f"{name}.py"), ADDRESS, *further)


PEERS = (
    Peer("floor", "fetches and parses, nothing else", _script("floor")),
    Peer("handwritten", "maps 13 fields, hashes, serialises events", _script("handwritten")),
    Peer("handwritten-all", "the same with all 26 fields of our mapping", _script("handwritten", "--all")),
    Peer("sluice", "checks, maps 26 fields, validates, hashes, events", _SLUICE, None),
    Peer(
        "sluice-contract",
        "the same, held against a contract",
        (*_SLUICE, "--contract", CONTRACT),
        None,
    ),
    Peer("dlt", "normalises, writes JSON lines", _script("dlt_rest"), "dlt", is_other=True),
    Peer("singer", "emits messages of 13 fields", _script("singer_tap"), "singer", is_other=True),
    Peer("airbyte", "emits messages", _script("airbyte_source"), "airbyte", is_other=True),
)
"""In the order of their turns; the first three and our own need no environment of their own."""


def named(names: str) -> list[Peer]:
    """Return the peers of these names, divided by commas, in the order of turns; raises ValueError."""
    wanted = names.split(",")
    unknown = sorted(set(wanted) - {peer.name for peer in PEERS})
    if unknown:
        raise ValueError(f"no peer {', '.join(unknown)}; there are {', '.join(peer.name for peer in PEERS)}")
    return [peer for peer in PEERS if peer.name in wanted]
