"""Puts a reply that is no page into words and into the error that says what to do about it.

A message holds the request's label, what came and what was expected; never a header's value, and of the
body its beginning without secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sluice.connector.changes import api_changed
from sluice.connector.paging import PageState
from sluice.connector.paths import Path, path_text
from sluice.connector.redaction import Redactor
from sluice.connector.replies import Answer, Verdict
from sluice.connector.spec import Meaning
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.faults import Fault
from sluice.model import erp_json
from sluice.model.http import Reply

_EXPECTED = "200 with JSON"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ON_LATER_PAGES = frozenset({400, 404, 410})


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reply to one request, told to people without its secrets.

    ``untold``: the body is not shown at all, because it may hold a secret that we do not know yet.
    """

    label: str
    reply: Reply
    redactor: Redactor = field(repr=False)
    untold: bool = False

    def said(self) -> str:
        """Return what came: the status and the beginning of the body."""
        if self.untold:
            return f"status {self.reply.status} with a body of {len(self.reply.body)} bytes"
        shown = self.redactor.shown(self.reply.body)
        return f"status {self.reply.status}" + (f" saying {shown!r}" if shown else " without a body")

    def credentials(self, what: str) -> CredentialsRejected:
        """Return the error for refused credentials."""
        return CredentialsRejected(f"{self.label}: {what}: {self.said()}")

    def changed(self, code: str, message: str, path: str, before: str, after: str) -> ApiChanged:
        """Return the error for a change seen in this reply."""
        return api_changed(code, f"{self.label}: {self.redactor.clean(message)}", path, before, after)

    def unavailable(self, message: str) -> ErpUnavailable:
        """Return the error for a reply that may be better next time."""
        return ErpUnavailable(f"{self.label}: {self.redactor.clean(message)}")

    def of_login(self, verdict: Verdict) -> SluiceError:
        """Return the error for a login's reply that is neither good nor a plain refusal."""
        if verdict.means in {Meaning.SESSION_EXPIRED, Meaning.CREDENTIALS_REJECTED}:
            return self.credentials("the login was refused")
        if verdict.means is Meaning.API_CHANGED and verdict.rule is None and self.reply.status // 100 == 4:
            verdict = Verdict(Meaning.API_CHANGED, "D20")
        return self._of_status(verdict, "status")

    def of_page(self, verdict: Verdict, page: PageState, selected: Iterable[Path]) -> SluiceError:
        """Return the error for a page's reply; ``selected`` are the raw paths that were asked for."""
        if verdict.means is Meaning.CREDENTIALS_REJECTED:
            return self.credentials("the credentials were refused for this stream")
        if verdict.rule is None and page.cursor is not None and self.reply.status in _ON_LATER_PAGES:
            verdict = Verdict(Meaning.API_CHANGED, "D31")
        named = self._named(selected) if verdict.change == "D42" else None
        return self._of_status(verdict, named or "status")

    def of_body(self, answer: Answer) -> SluiceError | None:
        """Return the error for a body that is not JSON in UTF-8; None for one that is."""
        kind = answer.is_other_format()
        if answer.is_html():
            message = f"a web page came in place of data: {self.said()}"
            return self.changed("D09", message, "body", "JSON", "HTML")
        if kind is not None:
            message = f"{kind} came in place of JSON: {self.said()}"
            return self.changed("D10", message, "body", "JSON", kind)
        try:
            answer.value()
        except erp_json.NotUtf8 as err:
            return self.changed("D10", f"the body {err}", "body", "UTF-8", "another encoding")
        except erp_json.NotJson as err:
            return self.unavailable(f"the body was cut short or is broken: it {err}; expected complete JSON")
        return None

    def _of_status(self, verdict: Verdict, path: str) -> SluiceError:
        message = f"the ERP answered {self.said()}; expected {_EXPECTED}"
        if verdict.means is Meaning.API_CHANGED:
            after = str(self.reply.status) if path == "status" else "refused by the ERP"
            before = "200" if path == "status" else "served"
            return self.changed(verdict.change, message, path, before, after)
        if verdict.means is Meaning.CONFIGURATION_INVALID:
            fault = Fault("refused_by_erp", "", self.redactor.clean(message), self.label)
            return ConfigurationInvalid(f"{self.label}: the ERP refuses what is configured", [fault])
        return self.unavailable(message)

    def _named(self, selected: Iterable[Path]) -> str | None:
        """Return the selected path that the ERP's words name: the field it does not know any more."""
        words = set(_WORD.findall(self.redactor.clean(self.reply.body[:4000].decode("utf-8", "replace"))))
        found = [path for path in selected if path and path[-1] in words]
        return (
            path_text(max(found, key=lambda path: (sum(part in words for part in path), path)))
            if found
            else None
        )
