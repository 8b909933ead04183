"""Turns paginators into a stream's ``pagination``."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.kit.airbyte.cursors import next_of
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.options import option_of
from sluice.kit.airbyte.requests import Requested
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.proposal import Notes

USUAL_SIZE = 100
_LARGEST = 20000
Option = tuple[str, str]


class Paging(Struct):
    """Converts one stream's paginator; what it sends beside the page goes into the request."""

    texts: Texts
    where: str
    notes: Notes
    requested: Requested
    records: str

    def pagination(self, retriever: Node) -> dict[str, Any]:
        """Return the pagination; ``single``, with a question, where it could not be converted."""
        paginator = retriever.node("paginator")
        if paginator is None or paginator.kind("NoPagination") == "NoPagination":
            self.notes.decide(self.where, "pagination: none, as in the manifest")
            return {"kind": "single"}
        if paginator.kind() != "DefaultPaginator":
            paginator.tell("how the list is paged is not known")
            return self._unknown()
        strategy = paginator.node("pagination_strategy")
        if strategy is None:
            return self._unknown()
        decoder = paginator.node("decoder")
        if decoder is not None and decoder.kind("JsonDecoder") != "JsonDecoder":
            decoder.tell("replies are read as JSON")
        token = option_of(paginator, "page_token_option", self.texts)
        size = self._size(strategy)
        limit = option_of(paginator, "page_size_option", self.texts) or self._limit_sent(size)
        kinds = {
            "PageIncrement": self._page,
            "OffsetIncrement": self._offset,
            "CursorPagination": self._cursor,
        }
        convert = kinds.get(strategy.kind())
        if convert is None:
            strategy.tell("how the list is paged is not known")
            return self._unknown()
        found = convert(strategy, token, limit, size)
        return self._unknown() if found is None else found

    def _unknown(self) -> dict[str, Any]:
        self.notes.ask(self.where, "pagination: it was not converted; `single` takes the list as one page")
        return {"kind": "single"}

    def _page(
        self, strategy: Node, token: Option | None, limit: Option | None, size: int | None
    ) -> dict[str, Any] | None:
        start = strategy.plain("start_from_page", 0)
        strategy.skip("inject_on_first_request")
        if token is None or token[0] == "path" or start not in (0, 1):
            strategy.tell("page numbers that begin with 0 or 1 and are sent under a name are converted")
            return None
        paging: dict[str, Any] = {"kind": "page", "number": self._place(token, "number")}
        if limit is not None and size is not None:
            paging["size_parameter"] = self._place(limit, "limit")
        return {**paging, "size": self._sure(size), "start": start}

    def _offset(
        self, strategy: Node, token: Option | None, limit: Option | None, size: int | None
    ) -> dict[str, Any] | None:
        strategy.skip("inject_on_first_request")
        if token is None or limit is None or "path" in {token[0], limit[0]}:
            strategy.tell("an offset and a limit that are sent under names are converted")
            return None
        self.notes.ask(
            self.where,
            "pagination: ask for the list sorted by its key (`request:`); where that cannot be, "
            "write `overlap: false`",
        )
        return {
            "kind": "offset",
            "offset": self._place(token, "offset"),
            "limit": self._place(limit, "limit"),
            "size": self._sure(size),
        }

    def _cursor(
        self, strategy: Node, token: Option | None, limit: Option | None, size: int | None
    ) -> dict[str, Any] | None:
        following = next_of(strategy, self.records)
        if following is None or token is None:
            if following is not None:
                strategy.tell("where the cursor is sent is not said by a page_token_option")
            return None
        if token[0] == "path":
            if following.last_of_link:
                found: dict[str, Any] = {"kind": "link_header"}
            elif following.more is not None:
                strategy.tell("a list of links ends with its last link", "stop_condition")
                found = {"kind": "next_url", "next": following.place}
            else:
                found = {"kind": "next_url", "next": following.place}
            self._send_size(limit, size)
            return found
        if following.last_of_link:
            strategy.tell("a link is followed as it is, not sent under a name")
            return None
        sized = {"limit": self._place(limit, "limit"), "size": size} if limit and size else {}
        more = {"more": following.more} if following.more else {}
        return {
            "kind": "cursor",
            "cursor": self._place(token, "cursor"),
            **sized,
            "next": following.place,
            **more,
        }

    def _size(self, strategy: Node) -> int | None:
        given = strategy.plain("page_size")
        if given is None:
            return None
        try:
            return min(max(int(self.texts.name(strategy, given)), 1), _LARGEST)
        except (NotConverted, ValueError):
            strategy.tell(f"has to be a number here; {USUAL_SIZE} is taken", "page_size")
            return USUAL_SIZE

    def _sure(self, size: int | None) -> int:
        if size is None:
            self.notes.ask(
                self.where, f"pagination: how many records does a page have? {USUAL_SIZE} is assumed."
            )
        return USUAL_SIZE if size is None else size

    def _limit_sent(self, size: int | None) -> Option | None:
        """Return the parameter that is sent with the page's size as it is, having taken it away."""
        for place, values in (("query", self.requested.query), ("body", self.requested.body)):
            for name, value in values.items():
                if size is not None and str(value) == str(size):
                    del values[name]
                    return place, name
        return None

    def _place(self, option: Option, word: str) -> dict[str, Any]:
        place, name = option
        if place == "body":
            self.requested.body[name] = {"page": word}
            return {"body": True}
        return {place: name}

    def _send_size(self, limit: Option | None, size: int | None) -> None:
        places = {
            "query": self.requested.query,
            "header": self.requested.headers,
            "body": self.requested.body,
        }
        if limit is not None and size is not None and limit[0] in places:
            places[limit[0]][limit[1]] = size
