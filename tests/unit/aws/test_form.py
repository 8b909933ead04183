"""Bodies of the Query protocol: what botocore would have written, written once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import botocore.session
import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from hypothesis import given
from hypothesis import strategies as st

from sluice.aws.form import form_of, put_forms_on

TAKEN = b"""<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
<Successful><member><Id>0</Id></member></Successful></PublishBatchResult></PublishBatchResponse>"""
JSON = '[{"name":"Bygg & Søn + 50 % / \\"æøå\\" \u2028 ~tilde-_.","data":{"a":[1,2]},"mail":"x@y.no"}]'


class Raw:
    """What botocore reads a reply's body from."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield TAKEN


def sent(message: str, *, quickly: bool) -> AWSRequest:
    """Return the request that a client makes to publish one message."""
    session = botocore.session.Session()
    if quickly:
        put_forms_on(session.get_component("event_emitter"))
    client = session.create_client(
        "sns",
        "eu-north-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    requests: list[AWSRequest] = []

    def answer(request: AWSRequest, **_: Any) -> AWSResponse:
        requests.append(request)
        return AWSResponse(request.url, 200, {}, Raw())

    client.meta.events.register("before-send.sns", answer)
    entry = {
        "Id": "0",
        "Message": message,
        "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b c"}},
    }
    client.publish_batch(TopicArn="arn:aws:sns:eu-north-1:1:t", PublishBatchRequestEntries=[entry])
    return requests[0]


def test_a_request_is_the_one_that_botocore_makes() -> None:
    quickly, slowly = sent(JSON, quickly=True), sent(JSON, quickly=False)
    assert quickly.body == (slowly.body.encode() if isinstance(slowly.body, str) else slowly.body)
    same = ("Content-Type", "Content-Length")
    assert [quickly.headers[name] for name in same] == [slowly.headers[name] for name in same]
    assert "SignedHeaders" in str(quickly.headers["Authorization"])
    fields = dict(parse_qsl(quickly.body.decode()))
    assert fields["PublishBatchRequestEntries.member.1.Message"] == JSON


@pytest.mark.parametrize("text", ["", "a b+c", "100 %", "%25", "\x00\x7f", "\ufffe", "😀", JSON])
def test_texts_are_quoted_as_urllib_quotes_them(text: str) -> None:
    assert form_of({"M": text, text: 1}) == urlencode({"M": text, text: 1}).encode()


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=40) | st.integers() | st.booleans(), max_size=4))
def test_fields_are_written_as_urllib_writes_them(fields: dict[str, Any]) -> None:
    assert form_of(fields) == urlencode(fields).encode()
