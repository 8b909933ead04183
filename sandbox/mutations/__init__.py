"""Every kind of API change that can be shown, made to order: in records, and listed for the wire.

    mutation = read_mutation("D44:customer.organizationNumber=orgNumber@0.05")
    if mutation.applies_to(records):
        changed, indexes = mutation.apply_to(records, seed=3)

The records given are left alone; the same records, order and seed give the same result. A server that shows
changes on the wire as well is in sandbox.erp.
"""

from __future__ import annotations

from sandbox.mutations.catalogue import RECORD, Entry, catalogue, variants
from sandbox.mutations.mutation import Mutation
from sandbox.mutations.reading import read_mutation

__all__ = ["RECORD", "Entry", "Mutation", "catalogue", "read_mutation", "variants"]
