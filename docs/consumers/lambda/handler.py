"""A consumer as a Lambda: keeps each record as it is now in a table of DynamoDB, tells once of each change."""

import os

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from sluice.consumer.dynamo_store import DynamoStore
from sluice.consumer.once import Once
from sluice.consumer.order import Standing
from sluice.consumer.reading import Expecting
from sluice.consumer.sqs import consuming

logger = Logger()
dynamodb = boto3.client("dynamodb")
records = DynamoStore(dynamodb, os.environ["RECORDS_TABLE"])
done = DynamoDBPersistenceLayer(os.environ["DONE_TABLE"], boto3_client=dynamodb)


def tell(event):
    """Put a side effect of your own here: an e-mail, a booking, a call of an API."""
    logger.info("changed", extra={"record": event.key, "version": event.version, "deleted": event.deleted})


told = Once("changes", tell, done)


def take(event):
    # A repeat goes on: whoever kept the record may have died before it told. An older event is no news.
    if records.put(event) is not Standing.OLDER:
        told(event)


expecting = Expecting(entities=dict.fromkeys(os.environ["ENTITIES"].split(","), 1))
handler = consuming(take, expecting, needing=[told])
