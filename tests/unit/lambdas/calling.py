"""What the handlers' tests share: a handler by its name, its event, and a call as Lambda makes it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

EVENTS = {file.stem: file for file in Path(__file__).parent.glob("**/events/*.json")}


def handlers() -> dict[str, str]:
    """Return the module of every handler by its name."""
    found = [path for path in Path("lambdas").glob("**/*.py") if "\ndef handler(" in path.read_text()]
    return {path.stem: ".".join(path.with_suffix("").parts) for path in found}


def handler_module(name: str) -> ModuleType:
    """Return the module of a handler; raises KeyError where there is none."""
    return importlib.import_module(handlers()[name])


def put_into(monkeypatch: pytest.MonkeyPatch, names: Iterable[str], world: Callable[[], Any]) -> None:
    """Let the handlers work on ``world``, with nothing traced."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    for name in names:
        monkeypatch.setattr(handler_module(name), "world", world, raising=False)
        monkeypatch.setattr(handler_module(name), "world_of", lambda _: world(), raising=False)


def event_of(name: str, **given: Any) -> dict[str, Any]:
    """Return the handler's event, with what is given in place of its own."""
    return {**json.loads(EVENTS[name].read_text()), **given}


def call(name: str, **given: Any) -> Any:
    """Return what the handler answers to its event with what is given, as JSON brings it back."""
    context = SimpleNamespace(
        get_remaining_time_in_millis=lambda: 100_000,
        function_name=name,
        memory_limit_in_mb="512",  # awslambdaric gives it as text
        invoked_function_arn=f"arn:aws:lambda:eu-north-1:1:function:{name}",
        aws_request_id="1",
        tenant_id=None,
    )
    return json.loads(json.dumps(handler_module(name).handler(event_of(name, **given), context)))
