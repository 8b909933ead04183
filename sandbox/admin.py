"""Orders to a sandbox from tests and people: look, change, delete, break, restore. No credentials needed.

GET  /_sandbox                     counts, requests seen, faults waiting, settings and secret names
GET  /_sandbox/records?stream=S    every record of a stream as it is on the shelf
GET  /_sandbox/mutations           every mutation that can be ordered
POST /_sandbox/change   {stream, id | count, set?: {...}}     POST /_sandbox/add      {stream, count}
POST /_sandbox/delete   {stream, id | count}                  POST /_sandbox/clear    {stream}
POST /_sandbox/restore  {stream?}       records as at the start; without a stream, faults and mutations end
POST /_sandbox/faults   {kind, times?, stream?, after_requests?, status?, retry_after?, seconds?}, {} clears
POST /_sandbox/mutate   {mutation: "D42:customer.email", on?: true}
                        {stream, kind: remove|rename|retype, path, to?, on?: true}
POST /_sandbox/description  {description: stale|current}
POST /_sandbox/consent  {agrees: true|false}   what people answer on the page where they are asked to let in
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.erp import Sandbox
from sandbox.exchange import Answer, Incoming
from sandbox.mutations import Mutation, catalogue, read_mutation
from sandbox.shelves import Shelf
from sluice.connector.paths import parse_path, path_text

PREFIX = "/_sandbox"
_KINDS = {"remove": ("D42", "absent"), "rename": ("D44", "renamed"), "retype": ("D48", "retyped")}
Order = Callable[[Sandbox, Mapping[str, Any]], Any]


def answer_admin(sandbox: Sandbox, request: Incoming) -> Answer:
    """Carry out one order; a wrong one is answered 400 with what would be right."""
    name = request.path.removeprefix(PREFIX).strip("/")
    try:
        if request.method == "GET" and name in _LOOKS:
            return Answer.of_json(200, _LOOKS[name](sandbox, request.query))
        if request.method == "POST" and name in _ORDERS:
            return Answer.of_json(200, _ORDERS[name](sandbox, _asked(request)))
    except (ValueError, TypeError, KeyError) as error:
        return Answer.of_json(400, {"error": str(error)})
    known = ", ".join(f"POST {PREFIX}/{order}" for order in _ORDERS)
    looks = f"GET {PREFIX}, GET {PREFIX}/records?stream=, GET {PREFIX}/mutations"
    message = f"there are {looks}, {known}"
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
            "streams": {name: shelf.size for name, shelf in sandbox.shelves.items()},
            "requests": sum(sandbox.counts.values()),
            "requests_by_stream": dict(sandbox.counts),
            "logins": sandbox.door.logins,
            "limits": sandbox.warden.look(),
            "faults": sandbox.mishaps.waiting(),
            "mutations": [_listed(one) for one in sandbox.active.mutations],
            "description": sandbox.description.state,
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
            sandbox.description.follow()
            sandbox.door.tokens.agrees = True
        return {"restored": [shelf.stream.name for shelf in shelves]}


def _faults(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked:
        sandbox.mishaps.order(asked)
    else:
        sandbox.mishaps.clear()
    return {"faults": sandbox.mishaps.waiting()}


def _known(_: Sandbox, __: Mapping[str, Any]) -> dict[str, Any]:
    names = ("code", "variant", "title", "on", "argument")
    return {"mutations": [{name: getattr(entry, name) for name in names} for entry in catalogue()]}


def _listed(one: Mutation) -> dict[str, Any]:
    return {
        "mutation": str(one),
        "code": one.code,
        "variant": one.variant,
        "stream": one.stream,
        "path": path_text(one.path),
        "to": one.to,
        "share": one.share,
    }


def _mutate(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    if "mutation" in asked:
        mutation = read_mutation(str(asked["mutation"]))
    else:
        _shelf(sandbox, asked)
        mutation = _of_kind(asked)
    sandbox.mutate(mutation, on=bool(asked.get("on", True)))
    return {"mutations": len(sandbox.active.mutations), "on": [str(one) for one in sandbox.active.mutations]}


def _of_kind(asked: Mapping[str, Any]) -> Mutation:
    """Return the mutation that an order by kind means; raises ValueError with what would be right."""
    kind, to = str(asked.get("kind")), str(asked.get("to", ""))
    if kind not in _KINDS:
        raise ValueError(f"kind is {kind!r}; should be one of {', '.join(_KINDS)}, or mutation be given")
    if kind != "remove" and not to:
        what = "new name" if kind == "rename" else "new type"
        raise ValueError(f"to is missing; should be the field's {what}")
    if not asked.get("path"):
        raise ValueError("path is missing; should be the field's path")
    code, variant = _KINDS[kind]
    path = parse_path(str(asked["path"]))
    return Mutation(code, variant, path, str(asked["stream"]), "" if kind == "remove" else to)


def _describe(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        sandbox.description.order(str(asked.get("description")), sandbox.base_url)
        return {"description": sandbox.description.state}


def _consent(sandbox: Sandbox, asked: Mapping[str, Any]) -> dict[str, Any]:
    with sandbox.lock:
        sandbox.door.tokens.agrees = bool(asked.get("agrees", True))
        return {"agrees": sandbox.door.tokens.agrees}


def _shelf(sandbox: Sandbox, asked: Mapping[str, Any]) -> Shelf:
    name = asked.get("stream")
    if name not in sandbox.shelves:
        raise ValueError(f"stream is {name!r}; should be one of {', '.join(sorted(sandbox.shelves))}")
    return sandbox.shelves[name]


def _keys(shelf: Shelf, asked: Mapping[str, Any]) -> list[str]:
    if "id" in asked:
        return [str(asked["id"])]
    return shelf.newest_first(int(asked.get("count", 1)))


_LOOKS: dict[str, Order] = {"": _look, "records": _records, "mutations": _known}
_ORDERS: dict[str, Order] = {
    "change": _change,
    "delete": _delete,
    "clear": _clear,
    "add": _add,
    "restore": _restore,
    "faults": _faults,
    "mutate": _mutate,
    "description": _describe,
    "consent": _consent,
}
