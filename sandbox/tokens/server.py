"""The token endpoint, and the page that sends a browser back with a code (RFC 6749, 3.1 and 3.2; RFC 7636).

It says who may have an access token, and what else is given beside one; the door draws it and lets it end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sandbox.exchange import Answer, Incoming
from sandbox.matching import Matcher
from sandbox.tokens.grants import Consent, GrantRefused, Grants
from sandbox.tokens.proofs import ProofRefused, check_assertion
from sluice.connector.spec import Auth, Login, Values
from sluice.connector.values import Call, Literal, Value

_FORM = "application/x-www-form-urlencoded"
_ERRORS = {"client_id": "invalid_client", "client_secret": "invalid_client", "scope": "invalid_scope"}


class TokenRefused(Exception):
    """No token is given; ``error`` is the name of RFC 6749, 5.2, the message says why."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error

    def answer(self) -> Answer:
        """Return the answer as the RFC has it: 401 for an unknown client, else 400."""
        body = {"error": self.error, "error_description": str(self)}
        return Answer.of_json(401 if self.error == "invalid_client" else 400, body)


@dataclass
class TokenServer:
    """The authorisation server of a connector's OAuth kind; ``agrees``: what people answer on its page."""

    auth: Auth
    matcher: Matcher
    seed: int
    agrees: bool = True

    def __post_init__(self) -> None:
        first = self.matcher.scope.secrets.get("refresh_token")
        self._grants = Grants(self.seed, first.reveal() if first else "", rotating=self.auth.rotating)

    def path(self, value: Value | None) -> str:
        """Return the path of an address, as it is at the sandbox too."""
        return "" if value is None else urlsplit(self.matcher.text(value) or "").path or "/"

    def gives_codes(self, request: Incoming) -> bool:
        """Return whether the request is a browser's, for the page on which a person agrees."""
        flow = self.auth.authorization
        if flow is None or not request.at_root or request.method != "GET":
            return False
        return request.path == self.path(flow.url)

    def code(self, request: Incoming) -> Answer:
        """Send the browser back, with a code where people agree; in a sandbox they answer at once."""
        query, wanted = request.query, self._wanted_of_browsers()
        wrong = sorted(name for name, value in wanted.items() if query.get(name) != value)
        wrong += [name for name in ("redirect_uri", "state", "code_challenge") if not query.get(name)]
        if wrong:
            return TokenRefused("invalid_request", f"not as it should be: {', '.join(wrong)}").answer()
        said = {"error": "access_denied", "error_description": "the person said no"}
        if self.agrees:
            said = {"code": self._grants.code(Consent(query["redirect_uri"], query["code_challenge"]))}
        joint = "&" if "?" in query["redirect_uri"] else "?"
        back = query["redirect_uri"] + joint + urlencode({**said, "state": query["state"]})
        return Answer(302, headers={"Location": back})

    def _wanted_of_browsers(self) -> dict[str, str | None]:
        wanted: dict[str, str | None] = {"response_type": "code", "code_challenge_method": "S256"}
        flow = self.auth.authorization
        if flow is not None:
            templates = {"client_id": flow.client_id, **flow.parameters}
            templates |= {} if flow.scope is None else {"scope": flow.scope}
            wanted |= {name: self.matcher.text(value) for name, value in templates.items()}
        return wanted

    def refresh_token_for(self, request: Incoming) -> str | None:
        """Return the refresh token that goes with an access token, None where none does.

        Raises TokenRefused for a request that is not to have one.
        """
        form = request.form()
        login = self._wanted(form.get("grant_type", ""))
        if not request.headers.get("content-type", "").startswith(_FORM):
            raise TokenRefused("invalid_request", f"the request should be {_FORM}")
        self._check_headers(login, request)
        self._check_form(login.form or {}, form)
        try:
            if form["grant_type"] == "authorization_code":
                return self._grants.by_code(form["code"], form["redirect_uri"], form["code_verifier"])
            if form["grant_type"] == "refresh_token":
                return self._grants.by_refresh(form["refresh_token"])
        except GrantRefused as refused:
            raise TokenRefused("invalid_grant", str(refused)) from None
        return None

    def _wanted(self, grant: str) -> Login:
        """Return the request that this grant should look like."""
        flow = self.auth.authorization
        for login in (self.auth.login, flow.exchange if flow else None):
            named = (login.form or {}).get("grant_type") if login else None
            if login is not None and isinstance(named, Literal) and named.value == grant:
                return login
        raise TokenRefused("unsupported_grant_type", f"{grant[:40] or 'no grant_type'} is not served here")

    def _check_headers(self, login: Login, request: Incoming) -> None:
        for name, template in login.request.headers.items():
            if request.headers.get(name.lower()) != self.matcher.text(template):
                raise TokenRefused("invalid_client", f"the header {name} is not the sandbox's")
        if "Authorization" not in login.request.headers and "authorization" in request.headers:
            raise TokenRefused("invalid_client", "the client should say who it is in the form alone")

    def _check_form(self, templates: Values, form: Mapping[str, str]) -> None:
        unknown = sorted(set(form) - set(templates))
        if unknown:
            raise TokenRefused("invalid_request", f"there should be no {', '.join(unknown)}")
        for name, template in templates.items():
            if isinstance(template, Call) and template.word == "signed_jwt":
                self._check_proof(template, form.get(name, ""))
            elif isinstance(template, Call) and template.word in {"first", "captured"}:
                if not form.get(name):
                    raise TokenRefused("invalid_request", f"{name} is missing")
            elif form.get(name) != self.matcher.text(template):
                raise TokenRefused(_ERRORS.get(name, "invalid_request"), f"{name} is not the sandbox's")

    def _check_proof(self, expected: Call, assertion: str) -> None:
        login = self.auth.login
        try:
            check_assertion(expected, assertion, self.matcher, self.path(login.url if login else None))
        except ProofRefused as refused:
            raise TokenRefused("invalid_client", str(refused)) from None
