"""How runs end that could not say so themselves, and what no error name of its own tells."""

from __future__ import annotations

from sluice.runbook.entry import Entry, Verdict
from sluice.runbook.ours import RESOLVED

_BY_A_PERSON = (
    "`sluice audit list --connection NAME`: who, when, and why.",
    "`sluice runs show RUN`: how far each stream was.",
)

_AGAIN = "To let it go on from its last step: `sluice runs redrive RUN`. To begin anew: `sluice run NAME`."
_CLOSED = (
    "Freed the connection, closed the run's record as lost, and told people; what was handed over stays."
)

ENDED = (
    Entry(
        names=("RunStopped",),
        verdict=Verdict.WAIT,
        meaning="A person stopped the run.",
        did="Ended it where it was; what was handed over stays, and the connection is free.",
        look=_BY_A_PERSON,
        what_to_do="Nothing: what was handed over stays, and the next run reads on. It can be redriven, too.",
        more=(_AGAIN,),
        wake="Nobody.",
        over="It is no incident: the notice `run.stopped` is all there is.",
    ),
    Entry(
        names=("RunAborted",),
        verdict=Verdict.WAIT,
        meaning=(
            "The run's execution was ended from outside, in the Step Functions console or with the embedded "
            "AWS."
        ),
        did=_CLOSED,
        look=(
            *_BY_A_PERSON,
            "CloudTrail has `StopExecution` with the person's name; on one machine: `sluice down`.",
        ),
        what_to_do="Nothing: the next run reads on. It can be redriven, too.",
        more=(_AGAIN,),
        wake="Nobody.",
        over=RESOLVED,
    ),
    Entry(
        names=("RunTimedOut",),
        verdict=Verdict.FIX,
        meaning="The run was still going after a day, and Step Functions ended it.",
        did=_CLOSED,
        look=(
            "`sluice runs show RUN`: which stream was read or waited last, and how long.",
            "A stream in `waiting` was throttled: what the ERP allows a day is spent, or shared with others.",
            "`sluice topics list`: did the queue `erp_system` stand still?",
        ),
        what_to_do="See which stream waited, then run it again: what was committed is not read again.",
        more=(
            (
                "A first read too large for a day: enable fewer streams, and the others once those have been"
                " read."
            ),
            "Limits that Sluice keeps by itself: `docs/connectors/limits.md`.",
        ),
        wake="Nobody; the operator in the morning.",
        over=RESOLVED,
    ),
    Entry(
        names=("DetectorFailed",),
        verdict=Verdict.CALL,
        meaning="The statistical detector of API changes failed on a stream; the structural checks went on.",
        did="Published the records, as the structural checks passed; told once.",
        look=(
            (
                "The incident's cause names the exception; the log of `commit_cursor` and `transform` has "
                "the rest."
            ),
            "`sluice contracts show NAME STREAM`: what was learnt of the stream.",
        ),
        what_to_do=(
            "Call a developer in the day: until it is mended, odd values of this stream are not noticed."
        ),
        wake="Nobody.",
        over=RESOLVED,
    ),
)

UNFORESEEN = Entry(
    names=("RunFailed", "Unknown"),
    title="Any other name",
    verdict=Verdict.CALL,
    meaning=(
        "Something failed in a way that nobody foresaw: the name is a Python exception's, AWS's, or there is"
        " none."
    ),
    did="Ended the stream, or the run; the cursor stays and nothing unchecked was published.",
    look=(
        "`sluice runs show RUN`: the state that failed, and its cause.",
        "The log of that state's function, by the run's id: `docs/ops.md`.",
        "`CHANGELOG.md`: what was deployed last.",
    ),
    what_to_do=(
        "Call a developer with the run's id: sluice runs show RUN. A new run may pass, and does no harm."
    ),
    wake="A developer, if more than one connection is struck or the next run fails in the same way.",
    over=RESOLVED,
)
