"""A tap made with the Singer SDK, 13 fields of a stream to standard output. usage: singer_tap.py ADDRESS."""

from __future__ import annotations

import sys
from typing import Any

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseOffsetPaginator

PAGE = 1000
ADDRESS = sys.argv[1]


class Offsets(BaseOffsetPaginator):
    """Asks for the next page until all are there."""

    def has_more(self, response: Any) -> bool:
        """Return whether the reply says that there are further records."""
        return self.current_value + PAGE < int(response.json()["fullResultSize"])


class Customers(RESTStream):
    """The stream, with the schema that its messages are held against."""

    name = "customer"
    path = "/customer"
    url_base = ADDRESS
    primary_keys = ("id",)
    records_jsonpath = "$.values[*]"
    schema = th.PropertiesList(
        th.Property("id", th.IntegerType),
        th.Property("customerNumber", th.IntegerType),
        th.Property("name", th.StringType),
        th.Property("organizationNumber", th.StringType),
        th.Property("isInactive", th.BooleanType),
        th.Property("email", th.StringType),
        th.Property("invoiceEmail", th.StringType),
        th.Property("phoneNumber", th.StringType),
        th.Property("currency", th.ObjectType(th.Property("code", th.StringType))),
        th.Property("invoicesDueIn", th.IntegerType),
        th.Property("discountPercentage", th.NumberType),
        th.Property("description", th.StringType),
        th.Property(
            "postalAddress",
            th.ObjectType(
                th.Property("addressLine1", th.StringType),
                th.Property("postalCode", th.StringType),
                th.Property("city", th.StringType),
            ),
        ),
    ).to_dict()

    def get_new_paginator(self) -> Offsets:
        """Return what asks for pages."""
        return Offsets(start_value=0, page_size=PAGE)

    def get_url_params(self, context: Any, next_page_token: Any) -> dict[str, int]:
        """Return the query of a page."""
        del context
        return {"from": next_page_token or 0, "count": PAGE}


class Tripletex(Tap):
    """A tap of one stream."""

    name = "tap-bench"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self) -> list[Customers]:
        """Return the stream."""
        return [Customers(self)]


if __name__ == "__main__":
    Tripletex(config={}).sync_all()
