"""Puts a reply that is no page into words and into the error that says what to do about it.

A message holds the request's label, what came and what was expected; of headers only what the change is about
(a scheme's name, a redirect's host), and of the body its beginning without secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.connector.changes import api_changed
from sluice.connector.paging import PageState
from sluice.connector.paths import Path, path_text
from sluice.connector.replies.addresses import moved_to
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.named_fields import FIELD_REFUSED
from sluice.connector.replies.redaction import Redactor
from sluice.connector.replies.verdicts import Verdict
from sluice.connector.spec import Meaning
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.faults import Fault
from sluice.model import erp_json
from sluice.model.http import Reply
from sluice.model.structs import shown

_EXPECTED = "200 with JSON"
_ON_LATER_PAGES = frozenset({400, 404, 410})
_REDIRECTS = frozenset({"D02", "D03"})


class Refusal(Struct, frozen=True):
    """One reply to one request, told to people without its secrets.

    ``untold``: the body is not shown at all, because it may hold a secret that we do not know yet.
    ``url`` is where the request went.
    """

    label: str
    reply: Reply
    redactor: Redactor
    untold: bool = False
    url: str = ""

    def __repr__(self) -> str:
        return shown(self, without={"redactor", "url"})

    def said(self) -> str:
        """Return what came: the status and the beginning of the body."""
        if self.untold:
            return f"status {self.reply.status} with a body of {len(self.reply.body)} bytes"
        shown = self.redactor.shown(self.reply.body)
        return f"status {self.reply.status}" + (f" saying {shown!r}" if shown else " without a body")

    def credentials(self, what: str) -> CredentialsRejected:
        """Return the error for refused credentials."""
        return CredentialsRejected(f"{self.label}: {what}: {self.said()}")

    def changed(
        self, code: str, message: str, path: str, seen: tuple[str, str], **evidence: Any
    ) -> ApiChanged:
        """Return the error for a change seen in this reply; ``seen`` is (before, after)."""
        return api_changed(code, f"{self.label}: {self.redactor.clean(message)}", path, seen, **evidence)

    def unavailable(self, message: str) -> ErpUnavailable:
        """Return the error for a reply that may be better next time."""
        return ErpUnavailable(f"{self.label}: {self.redactor.clean(message)}")

    def of_login(self, verdict: Verdict) -> SluiceError:
        """Return the error for a login's reply that is neither good nor a plain refusal."""
        if verdict.means in {Meaning.SESSION_EXPIRED, Meaning.CREDENTIALS_REJECTED}:
            return self.credentials("the login was refused")
        if verdict.means is Meaning.API_CHANGED and verdict.rule is None and self.reply.status // 100 == 4:
            verdict = Verdict(Meaning.API_CHANGED, "D20")
        return self._of_status(verdict, "status", {})

    def of_page(self, verdict: Verdict, page: PageState, evidence: Mapping[str, Any]) -> SluiceError:
        """Return the error for a page's reply; ``evidence`` is added to that of a change."""
        if verdict.means is Meaning.CREDENTIALS_REJECTED:
            return self.credentials("the credentials were refused for this stream")
        if verdict.rule is None and page.cursor is not None and self.reply.status in _ON_LATER_PAGES:
            verdict = Verdict(Meaning.API_CHANGED, "D31")
        return self._of_status(verdict, "status", evidence)

    def of_field(self, named: Path | None) -> SluiceError:
        """Return the error for a field that the ERP refuses; None: its words name none that was asked for."""
        return self._of_status(
            Verdict(Meaning.API_CHANGED, FIELD_REFUSED), path_text(named) if named else "status", {}
        )

    def words(self) -> str:
        """Return the beginning of the body as text without secrets."""
        return self.redactor.clean(self.reply.body[:4000].decode("utf-8", "replace"))

    def of_body(self, answer: Answer) -> SluiceError | None:
        """Return the error for a body that is not JSON in UTF-8; None for one that is."""
        kind = answer.is_other_format()
        if answer.is_html():
            message = f"a web page came in place of data: {self.said()}"
            return self.changed("D09", message, "body", ("JSON", "HTML"))
        if kind is not None:
            return self._other_format(kind)
        try:
            answer.value()
        except (erp_json.NotUtf8, erp_json.NotJson, erp_json.Ambiguous) as err:
            return self._unreadable(answer, err)
        return None

    def _unreadable(self, answer: Answer, err: ValueError) -> SluiceError:
        if isinstance(err, erp_json.NotUtf8):
            return self.changed("D10", f"the body {err}", "body", ("UTF-8", "another encoding"))
        if isinstance(err, erp_json.Ambiguous):
            return self.changed("D10", f"the body {err}", "body", ("one value a name", "two values"))
        kind = answer.what_no_json_is()
        if kind is not None:
            return self._other_format(kind)
        return self.unavailable(f"the body was cut short or is broken: it {err}; expected complete JSON")

    def _other_format(self, kind: str) -> ApiChanged:
        message = f"{kind} came in place of JSON: {self.said()}"
        return self.changed("D10", message, "body", ("JSON", kind))

    def _of_status(self, verdict: Verdict, path: str, evidence: Mapping[str, Any]) -> SluiceError:
        message = f"the ERP answered {self.said()}; expected {_EXPECTED}"
        if verdict.means is Meaning.API_CHANGED:
            seen = ("200", str(self.reply.status)) if path == "status" else ("served", "refused by the ERP")
            if verdict.change in _REDIRECTS:
                evidence = {**evidence, **moved_to(self.reply, self.url, self.redactor)}
            return self.changed(verdict.change, message, path, seen, **evidence)
        if verdict.means is Meaning.CONFIGURATION_INVALID:
            fault = Fault("refused_by_erp", "", self.redactor.clean(message), self.label)
            return ConfigurationInvalid(f"{self.label}: the ERP refuses what is configured", [fault])
        return self.unavailable(message)
