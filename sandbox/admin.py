"""Orders to a sandbox from tests and people: look, change, delete, break, restore. No credentials needed.

GET  /_sandbox                     counts, requests seen, faults waiting, settings and secret names
GET  /_sandbox/records?stream=S    every record of a stream as it is on the shelf
POST /_sandbox/change   {stream, id | count, set?: {...}}     POST /_sandbox/add      {stream, count}
POST /_sandbox/delete   {stream, id | count}                  POST /_sandbox/clear    {stream}
POST /_sandbox/restore  {stream?}       records as at the start; without a stream, faults and mutations end
POST /_sandbox/faults   {kind, times?, stream?, after_requests?, status?, retry_after?, seconds?}, {} clears
POST /_sandbox/mutate   {stream, kind: remove|rename|retype, path, to?, on?: true}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.erp import Sandbox
from sandbox.exchange import Answer, Incoming
from sandbox.mutations import read_mutation
from sandbox.shelves import Shelf

PREFIX = "/_sandbox"
Order = Callable[[Sandbox, Mapping[str, Any]], Any]


def answer_admin(sandbox: Sandbox, request: Incoming) -> Answer:
    """Carry out one order; a wrong one is answered 400 with what would be right."""
    name = request.path.removeprefix(PREFIX).strip("/")
    try:
        if request.method == "GET" and name in {"", "records"}:
            return Answer.of_json(200, _LOOKS[name](sandbox, request.query))
        if request.method == "POST" and name in _ORDERS:
            return Answer.of_json(200, _ORDERS[name](sandbox, _asked(request)))
    except (ValueError, TypeError, KeyError) as error:
        return Answer.of_json(400, {"error": str(error)})
    known = ", ".join(f"POST {PREFIX}/{order}" for order in _ORDERS)
    message = f"there are GET {PREFIX}, GET {PREFIX}/records?stream=, {known}"
    return Answer.of_json(404, {"error": message})


def _asked(request: Incoming) -> dict[str, Any]:
    asked = request.json() if request.body else {}
    if not isinstance(asked, dict):
        raise TypeError("the body is not a JSON object")
    return asked


def _look(sandbox: Sandbox, _: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        return {
            "connector": sandbox.connector.name,
            "base_url": sandbox.base_url,
            "settings": sandbox.settings_to_use(sandbox.base_url),
            "streams": {name: len(shelf.rows) for name, shelf in sandbox.shelves.items()},
            "requests": sum(sandbox.counts.values()),
            "requests_by_stream": dict(sandbox.counts),
            "logins": sandbox.door.logins,
            "faults": sandbox.mishaps.waiting(),
            "mutations": [
                {"stream": one.stream, "kind": one.kind, "path": ".".join(one.path), "to": one.to}
                for one in sandbox.mutations
            ],
            "seen": list(sandbox.seen),
        }


def _records(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        return {"records": _shelf(sandbox, asked).records()}


def _change(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    values = asked.get("set") or {}
    with sandbox.lock:
        shelf = _shelf(sandbox, asked)
        return {"changed": shelf.change(_keys(shelf, asked), values)}


def _delete(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        shelf = _shelf(sandbox, asked)
        return {"deleted": shelf.delete(_keys(shelf, asked))}


def _clear(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        shelf = _shelf(sandbox, asked)
        return {"deleted": len(shelf.delete(list(shelf.rows)))}


def _add(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        return {"added": _shelf(sandbox, asked).add(int(asked.get("count", 1)))}


def _restore(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        shelves = [_shelf(sandbox, asked)] if "stream" in asked else list(sandbox.shelves.values())
        for shelf in shelves:
            shelf.restore()
        if "stream" not in asked:
            sandbox.mishaps.clear()
            sandbox.set_mutations([])
        return {"restored": [shelf.stream.name for shelf in shelves]}


def _faults(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked:
        sandbox.mishaps.order(asked)
    else:
        sandbox.mishaps.clear()
    return {"faults": sandbox.mishaps.waiting()}


def _mutate(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    _shelf(sandbox, asked)
    mutation = read_mutation(asked)
    with sandbox.lock:
        others = [one for one in sandbox.mutations if one != mutation]
        sandbox.set_mutations([*others, mutation] if asked.get("on", True) else others)
        return {"mutations": len(sandbox.mutations)}


def _shelf(sandbox: Sandbox, asked: Mapping[str, Any]) -> Shelf:
    name = asked.get("stream")
    if name not in sandbox.shelves:
        raise ValueError(f"stream is {name!r}; should be one of {', '.join(sorted(sandbox.shelves))}")
    return sandbox.shelves[name]


def _keys(shelf: Shelf, asked: Mapping[str, Any]) -> list[str]:
    if "id" in asked:
        return [str(asked["id"])]
    return shelf.newest_first(int(asked.get("count", 1)))


_LOOKS: dict[str, Order] = {"": _look, "records": _records}
_ORDERS: dict[str, Order] = {
    "change": _change,
    "delete": _delete,
    "clear": _clear,
    "add": _add,
    "restore": _restore,
    "faults": _faults,
    "mutate": _mutate,
}
