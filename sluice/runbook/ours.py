"""The errors of sluice/errors.py: meaning and advice are theirs, the rest is said here."""

from __future__ import annotations

from typing import Any

from sluice.errors import (
    ApiChanged,
    ConfigurationInvalid,
    CountsDiffer,
    CredentialsRejected,
    ErpUnavailable,
    LeaseLost,
    OutcomeUnknown,
    SluiceError,
)
from sluice.runbook.entry import Entry, Verdict, meaning_of

RESOLVED = "The notice `incident.resolved` follows the next run in which the stream goes well."


def _of(error: type[SluiceError], **said: Any) -> Entry:
    return Entry(names=(error.__name__,), meaning=meaning_of(error), what_to_do=error.advice, **said)


OURS = (
    _of(
        ErpUnavailable,
        verdict=Verdict.WAIT,
        did=(
            "Asked again twice with growing waits, then ended the stream. What had arrived is kept, "
            "the cursor stays, the other streams went on. Being throttled is no error: the run waits and "
            "goes on, for up to five hours without a page."
        ),
        look=(
            (
                "`sluice runs show RUN`: the cause names the host and what was met (a status, a time-out, a "
                "name that is not known)."
            ),
            "`sluice runs list --text ErpUnavailable`: is it one connection, or all of a vendor?",
            "The vendor's status page.",
        ),
        more=("To try at once: `sluice run NAME`.",),
        wake="Nobody, unless every connection of an ERP fails for longer than its data may be old.",
        over=RESOLVED,
    ),
    _of(
        CredentialsRejected,
        verdict=Verdict.FIX,
        did=(
            "Logged in afresh once, then ended the connection's streams; told once for the connection. Each "
            "further run tries again. Where most connections of a connector are refused within 15 minutes it"
            " is told as ApiChanged (D22)."
        ),
        look=(
            "`sluice runs show RUN`: what the ERP said.",
            "`sluice connections show NAME`: which secrets there are (never their values).",
            (
                "`sluice overview`: are other connections of the same connector refused, too? Then ask the "
                "vendor."
            ),
        ),
        more=(
            (
                "What is not given to `sluice connections change` stays: other secrets, settings, streams, "
                "schedule, policy."
            ),
            (
                "If the ERP locks accounts after refused logins: `sluice connections pause NAME` until there"
                " are new ones, then `sluice connections resume NAME`."
            ),
            "Then `sluice run NAME`.",
        ),
        wake="The operator, in the morning: only the customer or the vendor can give new credentials.",
        over="The notice `incident.resolved` follows the first run in which a stream is read again.",
    ),
    _of(
        ApiChanged,
        verdict=Verdict.DECIDE,
        did=(
            "Held the stream, or set the records aside: nothing of the data concerned was published, raw "
            "records are kept, the cursor stays. The other streams went on. A change that touches nothing "
            "used is never raised."
        ),
        look=(
            (
                "`sluice changes list NAME`, then `sluice changes show ID`: what was, what is, the share of "
                "records, the mapped fields, and whose change it is."
            ),
            "`sluice contracts show NAME STREAM`: what was relied on so far.",
        ),
        more=(
            (
                "Right: `sluice changes accept ID`, with `--apply-suggestion` where the mapping has to "
                "follow. What waits is handed over from what is stored, without calling the ERP."
            ),
            (
                "Wrong: `sluice changes reject ID --reason TEXT`, and speak to the vendor; the stream stays "
                "held."
            ),
            "Which kinds there are and how to judge them: `docs/api-changes.md`.",
        ),
        wake="Only if somebody needs that stream before the morning: a held stream costs time, not data.",
        over=(
            "Accepting starts a replay; its end is the notice `replay.finished`. What passes by itself is "
            "told by `incident.resolved`."
        ),
    ),
    _of(
        ConfigurationInvalid,
        verdict=Verdict.FIX,
        did=(
            "Stopped before it asked the ERP for anything, or before it published anything of the stream. It"
            " is not tried again within the run."
        ),
        look=(
            "`sluice runs show RUN`: each fault has a place and says what would be right.",
            (
                "`sluice connections show NAME` and `sluice connectors show CONNECTOR`: what is set, and "
                "what may be."
            ),
            "`sluice connectors versions CONNECTOR`: was one registered lately?",
            "`sluice audit list --connection NAME`: who changed what last.",
        ),
        more=(
            "A connector that was registered wrongly: `sluice connectors rollback CONNECTOR`.",
            "A connection: `sluice connections change NAME`, or its form in the console.",
        ),
        wake="Whoever made the last change, in the morning; at once if it struck many connections.",
        over=RESOLVED,
    ),
    _of(
        OutcomeUnknown,
        verdict=Verdict.WAIT,
        did=(
            "Did the step again three times with growing waits; every step may be done twice. Then it ended "
            "the stream, and the cursor stays."
        ),
        look=(
            "`sluice runs show RUN`: the cause names the part of AWS that did not answer, or the step.",
            "The log of that step's function, see `docs/ops.md`.",
            "AWS's health dashboard.",
        ),
        more=(
            (
                "Says the cause that receipts are missing, or that a step answered with an outcome that the "
                "state machine does not know, and comes it twice: that is a fault of Sluice's own. Call a "
                "developer."
            ),
        ),
        wake="Nobody the first time. If it lasts over three runs of a connection: a developer.",
        over=RESOLVED,
    ),
    _of(
        CountsDiffer,
        verdict=Verdict.CALL,
        did=(
            "Held three counts of the stream against each other before it moved the cursor: records read, "
            "records that the transformer accounted for, messages that the topic took. They differ, so it "
            "ended the stream; the cursor stays, and the next run reads the same again."
        ),
        look=(
            "`sluice runs show RUN`: the cause has the counts, of a chunk or of the whole stream.",
            "`CHANGELOG.md`: what was deployed last?",
            "`sluice data reconcile --connections NAME --entity ENTITY`: does the lake miss records?",
        ),
        wake="A developer, in the morning: data is late, none of it is wrong.",
        over=RESOLVED,
    ),
    _of(
        LeaseLost,
        verdict=Verdict.WAIT,
        did=(
            "Ended the run's steps as soon as they wanted to write; nothing of them was written. The other "
            "run, or whoever stopped or removed the connection, holds it."
        ),
        look=(
            "`sluice runs list NAME`: which run is newer?",
            "`sluice audit list --connection NAME`: was a run stopped, or the connection removed?",
            (
                "A step that stood still for more than 45 minutes loses its lease: `sluice topics list` "
                "shows whether the queue `erp_system` grows old."
            ),
        ),
        wake="Nobody. If it comes again and again: a developer.",
        over="The notice `incident.resolved` follows the next run of the connection that goes well.",
    ),
)
"""In the order of their tree."""
