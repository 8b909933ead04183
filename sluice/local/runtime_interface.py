"""Runs a function on the embedded AWS with AWS's own runtime interface client: what the bootstrap starts.

It is copied into the artefact of the embedded AWS, and knows nothing of what it runs. Before each answer it
writes an empty line: MiniStack looks for a log line after every invocation, and where there is none it waits
50 ms.
"""

from __future__ import annotations

import sys
from typing import Any

from awslambdaric import __main__ as interface  # type: ignore[import-untyped]
from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # type: ignore[import-untyped]


class _Client(LambdaRuntimeClient):  # type: ignore[misc]
    def post_invocation_result(self, *answer: Any, **more: Any) -> None:
        sys.stdout.write("\n")
        sys.stdout.flush()
        super().post_invocation_result(*answer, **more)


if __name__ == "__main__":
    interface.LambdaRuntimeClient = _Client
    interface.main(sys.argv)
