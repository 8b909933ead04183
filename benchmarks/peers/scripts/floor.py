"""The floor: every page is fetched and parsed, nothing else. usage: floor.py ADDRESS."""

from __future__ import annotations

import sys

import orjson
import urllib3


def main(address: str) -> None:
    """Read all customers."""
    pool, read, total = urllib3.PoolManager(), 0, 1
    while read < total:
        reply = orjson.loads(pool.request("GET", f"{address}/customer?from={read}&count=1000").data)
        read, total = read + len(reply["values"]), reply["fullResultSize"]
    sys.stderr.write(f"{read} read\n")


if __name__ == "__main__":
    main(sys.argv[1])
