"""The receiving side of the topics: what a team needs so that no event is lost, doubled, or wrongly believed.

    reading     a message's body -> its events, each held against what an event has to be
    event       one event, and one notice
    refusal     why a message, or one event of it, is refused, in words that alarms count on
    identity    the id that belongs to an event's content
    order       which of two versions of a record counts
    store       where records are kept as they are now; sqlite_store, dynamo_store
    turns       the same order for what cannot compare versions itself; sqlite_turns, dynamo_turns
    once        a side effect at most once for each event (Powertools' idempotency)
    taking      a message whole: every event of it is taken, or the message comes again
    sqs         a Lambda behind a queue (Powertools' batches with partial failures)

It knows nothing of the rest of Sluice, and needs orjson, and Powertools for `once` and `sqs` alone: a team
may copy the folder. It makes no client of AWS: the adapters for DynamoDB are given one.
"""
