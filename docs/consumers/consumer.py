"""Keeps every record of the information topic in SQLite, as it is now: python consumer.py QUEUE_URL FILE."""

import json
import sqlite3
import sys

import boto3

NEWER = """INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
    SET version = excluded.version, deleted = excluded.deleted, data = excluded.data
    WHERE excluded.version > record.version"""


def take(queue, store):
    for message in queue.receive_messages(MaxNumberOfMessages=10, WaitTimeSeconds=20):
        with store:  # one transaction: the message goes only when all of its events are kept
            for event in json.loads(message.body):
                gone = event["type"].endswith(".deleted")
                row = (event["data"]["id"], event["entityversion"], gone, json.dumps(event["data"]))
                store.execute(NEWER, row)
        message.delete()


if __name__ == "__main__":
    queue, store = boto3.resource("sqs").Queue(sys.argv[1]), sqlite3.connect(sys.argv[2])
    store.execute("CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, version, deleted, data)")
    while True:
        take(queue, store)
