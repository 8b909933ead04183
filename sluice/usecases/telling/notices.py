"""The words in which people are told of an incident: what, whom it touches, what Sluice did, what to do."""

from __future__ import annotations

from typing import Any

from sluice import errors
from sluice.messages.notification import BY_ERROR, Notice, Notification, page_of
from sluice.model.change import Action, Change
from sluice.model.change_kinds import KINDS
from sluice.registry.fleet import FleetView, Scope
from sluice.registry.incidents import Incident
from sluice.runbook.known import entry_of, what_to_do

_BY_ACTION = {
    Action.GO_ON: Notice.API_CHANGED,
    Action.NOTIFY: Notice.API_CHANGED,
    Action.QUARANTINE: Notice.RECORDS_QUARANTINED,
    Action.HOLD: Notice.STREAM_HELD,
}

_TITLES = {
    Notice.API_CHANGED: "the ERP answers differently; the stream went on",
    Notice.RECORDS_QUARANTINED: "records are set aside, because the ERP answers differently",
    Notice.STREAM_HELD: "held, because the ERP answers differently from what we rely on",
    Notice.STREAM_FAILED: "failed, because the ERP answers differently from what we rely on",
    Notice.CREDENTIALS_REJECTED: "the ERP refuses our credentials",
    Notice.ERP_UNAVAILABLE: "the ERP could not be read",
    Notice.CONFIGURATION_INVALID: "the configuration is wrong",
    Notice.RUN_LOST: "the run was cut off and could not say so itself",
    Notice.DETECTOR_FAILED: "a detector of API changes failed; the structural checks go on",
}

_DID = {
    Action.GO_ON: "Nothing: it touches nothing that is used.",
    Action.NOTIFY: "The stream went on, and the contract has learnt the change.",
    Action.QUARANTINE: "The records concerned are set aside, none of them was published; the rest went on.",
    Action.HOLD: "The stream is held, nothing of the data concerned was published; the other streams go on.",
    Action.FAIL: "The stream failed, nothing of the data concerned was published; the next run tries again.",
}


def notice_of(incident: Incident, view: FleetView | None = None, connections: int = 0) -> Notification:
    """Return the notice of an incident.

    ``view`` says which connections meet the same change, ``connections`` how many of the connector there are.
    """
    kind = kind_of_notice(incident)
    where = f"{incident.connection}/{incident.stream}" if incident.stream else incident.connection
    facts: dict[str, Any] = {"error": incident.error}
    if incident.change is not None:
        facts |= _facts(incident, Change.from_json(incident.change), view, connections)
    return Notification(
        kind=kind,
        connection=incident.connection,
        run=incident.run,
        time=incident.opened_at,
        title=f"{where}: {_TITLES.get(kind, 'the run failed')}",
        detail=incident.cause,
        advice=_advice(incident),
        stream=incident.stream,
        incident=incident.id,
        facts=facts,
        page=page_of("changes", incident.id) if incident.change else page_of("runs", incident.run),
        runbook=entry_of(incident.error).place,
    )


def notice_of_end(incident: Incident, at: str) -> Notification:
    """Return the notice that an incident is over by itself; ``at`` is ISO 8601 UTC.

    It has the incident's own run, so that one incident has one such notice, whoever finds it over.
    """
    opened = notice_of(incident)
    return Notification(
        kind=Notice.INCIDENT_RESOLVED,
        connection=incident.connection,
        run=incident.run,
        time=at,
        title=opened.title,
        detail="It went well again, and the incident is closed.",
        advice="Nothing.",
        stream=incident.stream,
        incident=incident.id,
        facts={
            "error": incident.error,
            "since": incident.opened_at,
            "resolves": {"kind": opened.kind.value, "severity": opened.severity},
        },
        page=opened.page,
        runbook=opened.runbook,
    )


def kind_of_notice(incident: Incident) -> Notice:
    """Return which kind of notice tells of the incident."""
    if incident.change is not None and incident.error == errors.ApiChanged.__name__:
        return _BY_ACTION.get(Action(incident.change["action"]), Notice.STREAM_FAILED)
    return BY_ERROR.get(incident.error, Notice.RUN_LOST if incident.lost else Notice.RUN_FAILED)


def whose(view: FleetView, connections: int) -> str:
    """Return in words whose change it is: ``the vendor's: 3 of 4 connections meet it``."""
    many = len(view.seen)
    of_all = f"{many} of {max(connections, many)} connection{'s' if max(connections, many) > 1 else ''}"
    owner = "the vendor's" if view.scope is Scope.VENDOR else "of this customer so far"
    return f"{owner}: {of_all} of the connector meet{'' if many > 1 else 's'} it"


def _facts(incident: Incident, change: Change, view: FleetView | None, connections: int) -> dict[str, Any]:
    seen = view or FleetView("", {incident.connection: incident.opened_at})
    return {
        "change": incident.change,
        "meaning": KINDS[change.code].title if change.code in KINDS else change.kind,
        "fields": list(change.used_by),
        "scope": seen.scope.value,
        "scope_in_words": whose(seen, connections),
        "connections": sorted(seen.seen),
        "since": min(seen.seen.values(), default=incident.opened_at),
        "did": _DID[change.action],
        "suggestion": change.evidence.get("suggestion"),
    }


def _advice(incident: Incident) -> str:
    change = Change.from_json(incident.change) if incident.change else None
    if change is not None and change.action in {Action.HOLD, Action.QUARANTINE} and incident.stream:
        apply = " --apply-suggestion" if change.evidence.get("suggestion") else ""
        return (
            f"Look at it: sluice changes show {incident.id}. Then take it as right, which releases what "
            f"waits: sluice changes accept {incident.id}{apply}; or as wrong: "
            f"sluice changes reject {incident.id}."
        )
    if change is not None and change.action in {Action.NOTIFY, Action.GO_ON}:
        return f"Nothing at once. Look at it: sluice changes show {incident.id}."
    if change is not None and change.action is Action.FAIL:
        return (
            f"Nothing waits for a decision: the next run tries again. See: sluice changes show {incident.id}."
        )
    return what_to_do(incident.error, incident.connection, incident.run, incident.id)
