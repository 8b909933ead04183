"""What botocore says of AWS's services, read once per process, however many sessions the tests make.

A session reads it anew: a third of what a test on moto took. It is botocore's own, and nobody changes it.
"""

from __future__ import annotations

from functools import cache

import botocore.session


def read_once() -> None:
    """Have all sessions from here on share one reader of descriptions, which keeps what it has read."""
    botocore.session.create_loader = cache(botocore.session.create_loader)
