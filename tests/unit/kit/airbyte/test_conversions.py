"""What single components become: values, logins, paginators, cursors, error handlers, addresses."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.kit.airbyte.expressions import access
from sluice.kit.airbyte.incremental import seconds_of
from tests.unit.kit.airbyte.drafting import connector_of, drafted, faults, one_stream, stream_of, told

SECRET = {"type": "string", "airbyte_secret": True}
SPEC = {
    "key": {**SECRET, "title": "Key"},
    "user": {"type": "string"},
    "id": {"type": "string"},
    "credentials": {
        "type": "object",
        "oneOf": [{"properties": {"kind": {"const": "a"}, "deep_key": SECRET}, "required": ["deep_key"]}],
    },
}
CURSOR = {
    "type": "DatetimeBasedCursor",
    "cursor_field": "changed",
    "datetime_format": "%Y-%m-%dT%H:%M:%SZ",
    "start_datetime": "2024-01-01T00:00:00Z",
}


def option(name: str, place: str = "request_parameter") -> dict[str, str]:
    return {"type": "RequestOption", "inject_into": place, "field_name": name}


def paginator(strategy: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "DefaultPaginator", "pagination_strategy": strategy, **more}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        (7, 7),
        ("{{ config['user'] }}", {"setting": "user"}),
        ('{{ config.get("user") }}', {"setting": "user"}),
        ("{{ config.user }}-x", {"join": [{"setting": "user"}, "-x"]}),
        ("{{config.key}}", {"secret": "key"}),
        ("{{ config['credentials']['deep_key'] }}", {"secret": "deep_key"}),
        ("{{ parameters.mode }}", "full"),
        ("{{ parameters.get('absent', 'usual') }}", "usual"),
        ("{{ 'written' }}", "written"),
        ("{{ config.key or 'x' }}", {"secret": "key"}),
    ],
)
def test_a_text_becomes_a_value(text: Any, value: Any) -> None:
    manifest = one_stream(
        spec=SPEC, requester={"request_parameters": {"q": text}}, stream={"$parameters": {"mode": "full"}}
    )
    assert stream_of(manifest)["request"]["query"]["q"] == value
    assert faults(drafted(manifest)) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ config['user'] | upper }}",
        "{{ now_utc() }}",
        "{% if config.user %}a{% endif %}",
        "{{ config['a'] if config['b'] else 'c' }}",
        "{{ stream_partition.id }}",
        "{{ config['credentials'] }}",
        "{{ config['user'].strip() }}",
    ],
)
def test_more_than_a_value_is_told_with_its_text(text: str) -> None:
    draft = drafted(one_stream(spec=SPEC, requester={"request_parameters": {"q": text, "r": "1"}}))
    (said,) = [one for one in told(draft) if ".request_parameters.q: " in one]
    assert text in said


@pytest.mark.parametrize(
    ("authenticator", "auth"),
    [
        ({"type": "NoAuth"}, {"kind": "none"}),
        (
            {"type": "BearerAuthenticator", "api_token": "{{ config.key }}"},
            {"kind": "bearer", "token": {"secret": "key"}},
        ),
        (
            {"type": "ApiKeyAuthenticator", "header": "X-Key", "api_token": "Token {{ config.key }}"},
            {"kind": "api_key", "attach": {"headers": {"X-Key": {"join": ["Token ", {"secret": "key"}]}}}},
        ),
        (
            {"type": "ApiKeyAuthenticator", "inject_into": option("k"), "api_token": "{{ config.key }}"},
            {"kind": "api_key", "attach": {"query": {"k": {"secret": "key"}}}},
        ),
        (
            {
                "type": "BasicHttpAuthenticator",
                "username": "{{ config.user }}",
                "password": "{{ config.key }}",
            },
            {"kind": "basic", "username": {"setting": "user"}, "password": {"secret": "key"}},
        ),
        (
            {
                "type": "OAuthAuthenticator",
                "client_id": "{{ config.id }}",
                "client_secret": "{{ config.key }}",
                "refresh_token": "{{ config.credentials.deep_key }}",
                "token_refresh_endpoint": "https://id.example/token",
                "refresh_token_updater": {},
                "refresh_request_headers": {
                    "Authorization": "Basic {{ (config.client_id ~ ':' ~ config.client_secret) | b64encode }}"
                },
            },
            {
                "kind": "oauth2_authorization_code",
                "authorize_url": {"setting": "authorize_url"},
                "token_url": {"setting": "token_url"},
                "client_id": {"setting": "id"},
                "client_secret": {"secret": "key"},
                "client_authentication": "basic",
                "rotating": True,
            },
        ),
        (
            {
                "type": "SessionTokenAuthenticator",
                "session_token_path": ["data", "token"],
                "expiration_duration": "PT2H",
                "login_requester": {
                    "type": "HttpRequester",
                    "url_base": "https://api.example",
                    "path": "/login",
                    "http_method": "POST",
                    "request_body_json": {"key": "{{ config.key }}"},
                },
                "request_authentication": {"type": "ApiKey", "inject_into": option("X-Session", "header")},
            },
            {
                "kind": "session",
                "login": {
                    "method": "POST",
                    "url": {"setting": "login_url"},
                    "body": {"key": {"secret": "key"}},
                },
                "capture": {"token": "data.token"},
                "attach": {"headers": {"X-Session": {"captured": "token"}}},
                "expires": {"after_seconds": 7200},
            },
        ),
        (
            {
                "type": "SelectiveAuthenticator",
                "authenticator_selection_path": ["kind"],
                "authenticators": {
                    "a": {"type": "JwtAuthenticator"},
                    "b": {"type": "BearerAuthenticator", "api_token": "{{ config.key }}"},
                },
            },
            {"kind": "bearer", "token": {"secret": "key"}},
        ),
    ],
    ids=lambda value: str(value.get("type", value.get("kind"))),
)
def test_a_login_is_converted(authenticator: dict[str, Any], auth: dict[str, Any]) -> None:
    manifest = one_stream(spec=SPEC, requester={"authenticator": authenticator})
    assert connector_of(manifest)["auth"] == auth
    assert faults(drafted(manifest)) == []


def test_a_credential_that_the_spec_lacks_is_a_secret_all_the_same() -> None:
    login = {"type": "BasicHttpAuthenticator", "username": "{{ config.login }}"}
    connector = connector_of(one_stream(requester={"authenticator": login}))
    assert "login" in connector["secrets"]
    assert "login" not in connector["settings"]["properties"]


@pytest.mark.parametrize(
    ("given", "pagination"),
    [
        ({"type": "NoPagination"}, {"kind": "single"}),
        (
            paginator({"type": "PageIncrement"}, page_token_option=option("p")),
            {"kind": "page", "number": {"query": "p"}, "size": 100, "start": 0},
        ),
        (
            paginator(
                {"type": "OffsetIncrement", "page_size": 20},
                page_token_option=option("skip"),
                page_size_option=option("take", "header"),
            ),
            {"kind": "offset", "offset": {"query": "skip"}, "limit": {"header": "take"}, "size": 20},
        ),
        (
            paginator(
                {"type": "CursorPagination", "cursor_value": "{{ response['links']['next'] }}"},
                page_token_option={"type": "RequestPath"},
            ),
            {"kind": "next_url", "next": {"body": "links.next"}},
        ),
        (
            paginator(
                {
                    "type": "CursorPagination",
                    "cursor_value": "{{ headers['link']['next']['url'] }}",
                    "stop_condition": "{{ 'next' not in headers['link'] }}",
                },
                page_token_option={"type": "RequestPath"},
            ),
            {"kind": "link_header"},
        ),
        (
            paginator(
                {"type": "CursorPagination", "cursor_value": "{{ last_records[-1]['id'] }}", "page_size": 9},
                page_token_option=option("after"),
                page_size_option=option("n"),
            ),
            {
                "kind": "cursor",
                "cursor": {"query": "after"},
                "limit": {"query": "n"},
                "size": 9,
                "next": {"body": "data.-1.id"},
            },
        ),
        (
            paginator(
                {"type": "CursorPagination", "cursor_value": "{{ headers['X-Next'] }}"},
                page_token_option=option("c"),
            ),
            {"kind": "cursor", "cursor": {"query": "c"}, "next": {"header": "X-Next"}},
        ),
    ],
)
def test_a_paginator_is_converted(given: dict[str, Any], pagination: dict[str, Any]) -> None:
    manifest = one_stream(paginator=given)
    assert stream_of(manifest)["pagination"] == pagination
    assert faults(drafted(manifest)) == []
    assert told(drafted(manifest)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"type": "CustomPaginator", "class_name": "x.Y"},
        paginator({"type": "PageIncrement", "start_from_page": 5}, page_token_option=option("p")),
        paginator({"type": "OffsetIncrement", "page_size": 20}, page_token_option=option("skip")),
        paginator(
            {"type": "CursorPagination", "cursor_value": "{{ response.a + 1 }}"},
            page_token_option=option("c"),
        ),
        paginator({"class_name": "x.Y"}),
    ],
)
def test_another_paginator_is_one_page_and_a_question(given: dict[str, Any]) -> None:
    draft = drafted(one_stream(paginator=given))
    assert stream_of(one_stream(paginator=given))["pagination"] == {"kind": "single"}
    assert any("`single` takes the list as one page" in what for _, what in draft.notes.open)
    assert any(".paginator" in text for text in told(draft))


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("%Y-%m-%dT%H:%M:%S.%fZ", "datetime"),
        ("%Y-%m-%dT%H:%M:%S%z", "datetime"),
        ("%Y-%m-%dT%H:%M:%S", "local_datetime"),
        ("%Y-%m-%d", "date"),
        ("%s", "epoch"),
        ("%ms", "epoch_ms"),
    ],
)
def test_the_start_of_a_span_is_sent_as_since(written: str, form: str) -> None:
    cursor = {**CURSOR, "datetime_format": written, "start_time_option": option("If-Changed", "header")}
    incremental = stream_of(one_stream(cursor=cursor))["incremental"]
    assert incremental["headers"] == {"If-Changed": {"since": form}}
    assert incremental["lookback_minutes"] == (1440 if form == "date" else 10)


def test_a_text_around_the_start_is_joined_and_an_end_is_now() -> None:
    query = {
        "filter": "changed gt {{ stream_slice['start_time'] }}",
        "until": "{{ stream_interval.end_time }}",
    }
    manifest = one_stream(cursor=CURSOR, requester={"request_parameters": query})
    assert stream_of(manifest)["incremental"]["query"] == {
        "filter": {"join": ["changed gt ", {"since": "datetime"}]},
        "until": {"now": "datetime"},
    }
    assert faults(drafted(manifest)) == []


def test_an_unknown_format_of_time_is_told_and_all_is_read() -> None:
    cursor = {**CURSOR, "datetime_format": "%d/%m/%Y", "start_time_option": option("from")}
    draft = drafted(one_stream(cursor=cursor))
    assert any("datetime_format: `%d/%m/%Y`" in text for text in told(draft))
    assert any(text.startswith("from is not sent") for text in told(draft))
    assert faults(draft) == []


@pytest.mark.parametrize(
    ("requester", "path", "base"),
    [
        ({"url_base": "https://a.example/v1/", "path": "/x/clients"}, "/x/clients", "https://a.example/v1"),
        (
            {"url_base": None, "path": None, "url": "https://a.example/v1/clients"},
            "/v1/clients",
            "https://a.example",
        ),
        ({"path": "{{ config.user }}/clients"}, "/{user}/clients", "https://api.example"),
    ],
)
def test_an_address_is_a_base_and_a_path(requester: dict[str, Any], path: str, base: str) -> None:
    given = {key: value for key, value in {"url_base": "https://api.example", **requester}.items() if value}
    manifest = one_stream(spec=SPEC)
    manifest["streams"][0]["retriever"]["requester"] = {"type": "HttpRequester", **given}
    assert stream_of(manifest)["path"] == path
    assert connector_of(manifest)["settings"]["properties"]["base_url"]["default"] == base
    assert faults(drafted(manifest)) == []


def test_an_address_of_settings_needs_no_setting_of_its_own() -> None:
    manifest = one_stream(spec=SPEC, requester={"url_base": "https://{{ config.user }}.example/api/"})
    connector = connector_of(manifest)
    assert connector["base_url"] == {"join": ["https://", {"setting": "user"}, ".example/api"]}
    assert faults(drafted(manifest)) == []


def test_an_expression_says_where_a_value_stands() -> None:
    found = access("response.get('a', {}).get('b')['c'].d")
    assert found is not None
    assert (found.root, found.names) == ("response", ("a", "b", "c", "d"))
    assert access("response.get('a')()") is None
    assert access("response | length") is None
    assert access("a.b + c.d") is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("P1D", 86400), ("PT1M", 60), ("P1W", 604800), ("P", None), ("1 day", None)]
)
def test_durations_have_seconds(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds
