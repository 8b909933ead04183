"""Changes of how an ERP answers at all: addresses, statuses, headers, formats, logins, rate limits."""

from __future__ import annotations

from sluice.model.change_kinds.kind import Kind, kind

REPLY_KINDS: tuple[Kind, ...] = (
    kind("D01", "endpoint_gone", "The endpoint is gone (404 on a list, 410)", "H: critical hold", "status of the reply; 404 also when asked again"),
    kind("D02", "moved_permanently", "Moved permanently (301, 308)", "H: high hold", "status of the reply; redirects are never followed"),
    kind("D03", "redirected", "Redirected to another host or to a login page (302, 303, 307)", "H: critical fail", "status of the reply; credentials are never sent on"),
    kind("D04", "host_unknown", "The host's name, DNS entry or certificate changed", "H: critical hold", "an unknown name or an invalid certificate, also at a second try; a resolver that does not answer is none"),
    kind("D05", "method_refused", "405 on a request that worked", "H: critical hold", "status of the reply"),
    kind("D06", "not_implemented", "501 or 505", "H: critical hold", "status of the reply"),
    kind("D07", "media_type_refused", "The media type is refused (406, 415)", "H: critical hold", "status of the reply"),
    kind("D08", "upgrade_required", "Another protocol or TLS version is demanded (426, a failed handshake)", "H: critical hold", "status of the reply; a handshake that is refused, also at a second try"),
    kind("D09", "html_instead_of_data", "A web page (login, firewall, maintenance) with status 200", "HR: critical hold", "the body begins as HTML, also when asked again"),
    kind("D10", "format_changed", "Another format or encoding in place of JSON in UTF-8", "HR: critical hold", "content type and first bytes of the body; text also when asked again; a name that has two values in one object"),
    kind("D11", "envelope_changed", "The reply's envelope changed: no list where it was", "R: critical hold", "the list's path holds no list; an absent list is never taken as an empty one"),
    kind("D12", "error_code_changed", "An error has another status than before", "H: high notify; low notify", "a status that neither the connector nor the engine knows; with no page to read the stream is held"),
    kind("D13", "error_with_success_status", "An error in a reply with status 200", "R: critical hold", "an error key in the body, and no list or an empty one"),
    kind("D14", "success_status_changed", "Success has another status (201, 202, 203, 204, 206)", "H: high hold", "status of the reply"),
    kind("D15", "version_echo_changed", "The reply names another API version than before", "H: high notify", "version headers are compared with those of the contract"),
    kind("D16", "deprecation_announced", "A Deprecation header (RFC 9745) is new", "H: medium notify; low notify", "header of a good reply; a flag or text of the description, by watch"),
    kind("D17", "sunset_announced", "A Sunset header (RFC 8594) or Warning 299 is new, or the day moved nearer", "H: high notify; low notify", "header of a good reply; a day in the description, by watch, which counts down"),
    kind("D18", "description_changed", "The vendor's published description changed", "S: info notify; info go_on", "watch compares the description with the stored one"),
    kind("D19", "description_restructured", "The description has another form, the API does not", "S: none go_on", "forms are resolved before comparing, so nothing is said"),
    kind("D20", "auth_scheme_changed", "The way to log in changed", "H: critical hold", "a login that is answered otherwise; another WWW-Authenticate than before, or than what is sent"),
    kind("D21", "credentials_rejected", "401 for one connection", "H: high fail", "status of the reply after a fresh login; told as CredentialsRejected"),
    kind("D22", "credentials_rejected_everywhere", "401 or 403 for most connections of a connector at once", "H: critical fail", "rejections of two or more connections, and half of the connector's, within 15 minutes"),
    kind("D23", "permission_lost", "403, or a field hidden by permission", "HRT: high fail; low notify", "status of the reply; masked values (***) over a window; a field that is hidden shows as D42, D52 or D68"),
    kind("D24", "token_lifetime_changed", "Tokens live shorter than before", "H: high notify", "the lifetime of each login is compared with that of the contract"),
    kind("D25", "required_header_new", "A header became required", "H: critical hold", "", "shows as D36: the request is refused with 400"),
    kind("D26", "rate_limit_lowered", "The advertised rate limit is lower, or throttling more frequent", "HT: medium notify", "rate limit headers are compared with those of the contract"),
    kind("D27", "throttled_under_other_status", "Throttling under another status than 429", "HR: high notify", "Retry-After on a reply that is neither 429 nor 503; the wait is kept"),
)  # fmt: skip
