from __future__ import annotations

from pathlib import Path

from sluice.model.http import Request
from sluice.usecases.access.credentials import load_session
from tests.flows.toy_erp import CONNECTOR, reply
from tests.unit.usecases.data.reconciling.books import Books

API_KEY = "auth: {kind: api_key, attach: {headers: {X-Key: {secret: key}}}}\n"
SESSION = """\
auth:
  kind: session
  login: {path: /login, body: {key: {secret: key}}}
  capture: {token: token}
  expires: {after_seconds: 36000}
  attach: {headers: {Authorization: {join: ["Session ", {captured: token}]}}}
"""


def with_sessions(folder: Path) -> tuple[Books, list[str]]:
    """Return books behind a login, and where the tokens that it gave are listed."""
    books, given = Books(folder, CONNECTOR.replace(API_KEY, SESSION)), list[str]()
    served = books.erp.send

    def send(request: Request) -> object:
        if request.url.endswith("/login"):
            given.append(f"token-{len(given) + 1}")
            return reply(200, {"token": given[-1]})
        if not given or request.headers.get("Authorization") != f"Session {given[-1]}":
            return reply(401, {})
        return served(request)

    books.erp.send = send  # type: ignore[method-assign, assignment]
    books.erp.invoice(1)
    return books, given


def test_the_session_of_the_runs_is_used(tmp_path: Path) -> None:
    books, given = with_sessions(tmp_path)
    books.run()
    logged_in = len(given)
    assert books.invoices().whole
    assert len(given) == logged_in


def test_a_session_that_it_needs_is_stored_for_the_runs(tmp_path: Path) -> None:
    books, given = with_sessions(tmp_path)
    assert books.invoices().whole
    assert len(given) == 1
    assert load_session(books.rig.world, "acme") is not None
    assert books.run()["outcome"] == "succeeded"
    assert len(given) == 1


def test_requests_of_runs_and_of_reconciling_count_together(tmp_path: Path) -> None:
    books = Books(tmp_path, f"{CONNECTOR}limits: [{{requests: 3, seconds: 600, per: connection}}]\n")
    books.rig.between = 0
    books.erp.invoice(1)
    books.run()
    assert len(books.erp.asked) == 3
    before = books.rig.clock.now()
    found = books.invoices()
    assert (found.whole, found.differs) == (True, False)
    assert (books.rig.clock.now() - before).total_seconds() >= 590
    assert any(one.standing.until for one in books.told)


def test_headers_that_say_that_nothing_is_left_are_waited_for(tmp_path: Path) -> None:
    rate = "rate_limit: {remaining: X-Left, reset: X-Reset}\n"
    books = Books(tmp_path, f"{CONNECTOR}{rate}")
    for number in range(15):
        books.erp.invoice(number)
    books.run()
    values = [{"id": number, **books.erp.rows["invoice"][number]} for number in range(10)]
    empty, page = {"total": 0, "values": []}, {"total": 15, "values": values}
    books.erp.answers = [reply(200, empty), reply(200, page, x_left="0", x_reset="40")]
    before = books.rig.clock.now()
    found = books.invoices()
    assert (found.whole, found.differs) == (True, False)
    assert (books.rig.clock.now() - before).total_seconds() >= 40
