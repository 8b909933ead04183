"""How messages are packed into calls, and what becomes of those that SNS does not take."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from sluice.aws.sns_topic import MAX_BATCH_BYTES, SnsTopic
from sluice.ports.topic import OutgoingMessage, PublishFailed


class Sns:
    """Takes what is published, except that message ``n`` is first refused ``refusals[n]`` times."""

    def __init__(self, refusals: dict[str, int] | None = None, **refusal: Any) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self.taken: list[str] = []
        self._refusals = dict(refusals or {})
        self._refusal = {"Code": "InternalError", "Message": "try later", "SenderFault": False} | refusal

    def publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]]) -> Any:  # noqa: N803
        self.calls.append(PublishBatchRequestEntries)
        reply: dict[str, list[dict[str, Any]]] = {"Successful": [], "Failed": []}
        for entry in PublishBatchRequestEntries:
            left = self._refusals.get(entry["Id"], 0)
            self._refusals[entry["Id"]] = left - 1
            if left > 0:
                reply["Failed"].append({"Id": entry["Id"], **self._refusal})
            else:
                reply["Successful"].append({"Id": entry["Id"], "MessageId": "m"})
                self.taken.append(entry["Message"])
        return reply


def topic(sns: Any, pauses: list[float] | None = None) -> SnsTopic:
    return SnsTopic(sns, "arn:aws:sns:eu-north-1:123456789012:t", ([] if pauses is None else pauses).append)


def messages(count: int) -> list[OutgoingMessage]:
    return [OutgoingMessage(str(number), {"entity": "customer"}) for number in range(count)]


def test_ten_go_in_a_call() -> None:
    sns = Sns()
    topic(sns).publish(messages(23))
    assert [len(call) for call in sns.calls] == [10, 10, 3]


def test_messages_of_a_connection_are_a_group_of_their_own() -> None:
    """Queues of SQS that are not FIFO give others their turn before a group that has much in flight."""
    sns = Sns()
    topic(sns).publish(
        [OutgoingMessage("{}", {"connection": "acme"}), OutgoingMessage("{}", {"entity": "x"})]
    )
    assert [entry.get("MessageGroupId") for entry in sns.calls[0]] == ["acme", None]


def test_attributes_go_as_strings_and_an_empty_one_stays_out() -> None:
    sns = Sns()
    topic(sns).publish([OutgoingMessage("{}", {"entity": "customer", "stream": ""})])
    assert sns.calls[0][0]["MessageAttributes"] == {
        "entity": {"DataType": "String", "StringValue": "customer"}
    }


@given(sizes=st.lists(st.integers(0, 120_000), max_size=40), letter=st.sampled_from("xø"))
def test_no_call_passes_a_limit_and_each_message_goes_once(sizes: list[int], letter: str) -> None:
    sns = Sns()
    bodies = [letter * size for size in sizes]
    topic(sns).publish([OutgoingMessage(body, {"entity": "customer"}) for body in bodies])
    assert sns.taken == bodies
    assert all(len(call) <= 10 for call in sns.calls)
    whole = [sum(len(entry["Message"].encode()) for entry in call) for call in sns.calls]
    assert all(size + 22 * len(call) <= MAX_BATCH_BYTES for size, call in zip(whole, sns.calls, strict=True))


def test_only_what_was_refused_is_sent_again_after_a_pause() -> None:
    sns = Sns({"1": 2, "3": 1})
    pauses: list[float] = []
    topic(sns, pauses).publish(messages(5))
    assert [[entry["Id"] for entry in call] for call in sns.calls] == [list("01234"), ["1", "3"], ["1"]]
    assert sorted(sns.taken) == list("01234")
    assert len(pauses) == 2
    assert all(0 <= pause <= 0.2 * 2**tries for tries, pause in enumerate(pauses, start=1))


def test_after_five_tries_it_fails_and_says_which_and_why() -> None:
    sns = Sns({"1": 99})
    with pytest.raises(PublishFailed, match=r"^message 1: InternalError try later$"):
        topic(sns).publish(messages(3))
    assert len(sns.calls) == 5


def test_our_own_fault_is_not_tried_again() -> None:
    sns = Sns({"0": 99}, Code="InvalidParameter", SenderFault=True)
    with pytest.raises(PublishFailed, match="message 0: InvalidParameter"):
        topic(sns).publish(messages(2))
    assert len(sns.calls) == 1


def test_what_is_neither_taken_nor_refused_is_sent_again() -> None:
    class Silent(Sns):
        def publish_batch(self, **call: Any) -> Any:
            reply = super().publish_batch(**call)
            return reply if len(self.calls) > 1 else {"Successful": reply["Successful"][1:], "Failed": []}

    sns = Silent()
    topic(sns).publish(messages(2))
    assert [[entry["Id"] for entry in call] for call in sns.calls] == [["0", "1"], ["0"]]


def test_no_connection_is_a_failed_publish() -> None:
    class Unreachable:
        def publish_batch(self, **_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://sns.eu-north-1.amazonaws.com")

    with pytest.raises(PublishFailed, match="1 messages to arn:"):
        topic(Unreachable()).publish(messages(1))
