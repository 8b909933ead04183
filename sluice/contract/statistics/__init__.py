"""Statistics of the values of one path over windows of records, for changes that no single record shows.

How it is used, per path of a stream::

    window = summarise(sampled_values, absent=places_without_the_field)   # per chunk, page or file
    for difference in differences(history, window, role=role_of(becomes, key=is_key)):
        ...                      # difference.certain: act as the table says; otherwise only tell
    history = history.with_window(window)                                 # after a good sweep only

and per stream::

    for breach in broken(contract_invariants, records): ...               # at breach.path, in breach.records
    new = learn_invariants(records, numeric_paths)                        # while the contract is young
    counted = recounted(contract_invariants, records)                     # each good window
    contract_invariants = merged_invariants(contract_invariants, [*counted, *new])   # after a good sweep

``History.merged`` adds up histories of a sweep's windows, in any order. The statistics speak of places
(a record, or an item of a list), know nothing of mappings or contracts, and decide no action.
"""

from sluice.contract.statistics.breaches import Breach, broken, recounted
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.differences import differences
from sluice.contract.statistics.history import History
from sluice.contract.statistics.invariant import Invariant, merged_invariants
from sluice.contract.statistics.learning import learn_invariants
from sluice.contract.statistics.role import Role, role_of
from sluice.contract.statistics.summarise import summarise
from sluice.contract.statistics.summary import Summary

__all__ = [
    "Breach",
    "Difference",
    "History",
    "Invariant",
    "Role",
    "Summary",
    "broken",
    "differences",
    "learn_invariants",
    "merged_invariants",
    "recounted",
    "role_of",
    "summarise",
]
