"""Every change that shows on the wire, by code; the first variant of a code is the usual one."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.wire.bodies import BODIES
from sandbox.wire.documents import DOCUMENTS
from sandbox.wire.hook import Wire
from sandbox.wire.lists import LISTS
from sandbox.wire.notices import NOTICES
from sandbox.wire.refusals import REFUSALS

_IN_ORDER = (*REFUSALS, *NOTICES, *LISTS, *BODIES, *DOCUMENTS)

WIRE: Mapping[str, tuple[Wire, ...]] = {
    code: tuple(one for one in _IN_ORDER if one.code == code)
    for code in sorted({one.code for one in _IN_ORDER})
}


def wire_variant(code: str, name: str) -> Wire | None:
    """Return the variant; the usual one where no name is given, None where there is none."""
    return next((one for one in WIRE.get(code, ()) if name in {"", one.name}), None)
