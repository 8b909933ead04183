"""MiniStack as embedded_aws starts it: `python -m ministack`, with what it lacks where AWS has it.

Small answers are sent at once, histories are whole, whoever stays signed in stays in their groups, the
condition of a query is taken apart once, and state is written down while it works, too.

MiniStack sends a function its event as a head and a body. Left to itself, the kernel keeps the body back
until the head is acknowledged, which takes 40 ms of every invocation.
"""

from __future__ import annotations

import functools
import importlib
import runpy
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from sluice.local.embedded_history import write_whole_histories


def name_groups(cognito: ModuleType) -> None:
    """Have ``cognito`` (ministack.services.cognito) name a user's groups in every token.

    Raises AttributeError. MiniStack 1.5.33 leaves them out of those that it gives for a refresh token of
    the sign-in page.
    """
    make_token = cognito._fake_token  # noqa: SLF001 - no other way in
    pool_of = cognito._get_pool_unscoped  # noqa: SLF001

    def token(
        sub: str, pool_id: str, client_id: str, kind: str = "access", username: str = "", **more: Any
    ) -> str:
        users = (pool_of(pool_id) or {}).get("_users", {})
        more["groups"] = more.get("groups") or users.get(username, {}).get("_groups", [])
        return str(make_token(sub, pool_id, client_id, kind, username, **more))

    cognito._fake_token = token  # type: ignore[attr-defined]  # noqa: SLF001


def remember_conditions(dynamodb: ModuleType) -> None:
    """Have ``dynamodb`` (ministack.services.dynamodb) remember what it found in the text of a condition.

    Raises AttributeError. MiniStack 1.5.33 reads a query's condition anew for every item of the partition:
    where there are some thousands, that takes longer than all else.
    """
    tokens_of = functools.lru_cache(dynamodb._tokenize)  # noqa: SLF001 - no other way in
    dynamodb._tokenize = lambda text: list(tokens_of(text))  # type: ignore[attr-defined]  # noqa: SLF001
    fault_of = functools.lru_cache(dynamodb._condition_syntax_error)  # noqa: SLF001
    dynamodb._condition_syntax_error = fault_of  # type: ignore[attr-defined]  # noqa: SLF001


_LEAST_WORK = 0.2
"""Seconds of the processor: whoever worked less since it was saved has done nothing."""

_SHARE = 20
"""Saving takes one part in so many of the time at most, however much there is to save."""


def save_while_working(app: ModuleType, least: float) -> None:
    """Have ``app`` (ministack.app) write its state down while it works, for when it is killed.

    ``least`` is how many seconds lie between two savings, or more where saving takes long. Left to itself it
    does so as it shuts down, and only then. Raises AttributeError where ``app`` is another.
    """
    save_all, load = app.save_all, app._load_persisted_state  # noqa: SLF001 - no other way in
    state_of = app._build_persistence_save_dict  # noqa: SLF001
    one_at_a_time = threading.Lock()

    def saving(services: Any) -> None:
        with one_at_a_time:
            save_all(services)

    def loading() -> None:
        load()
        # Not before: what is not loaded yet would be saved as nothing.
        keeping = threading.Thread(target=_keep_saving, args=(lambda: saving(state_of()), least), daemon=True)
        keeping.start()

    app.save_all = saving  # type: ignore[attr-defined]
    app._load_persisted_state = loading  # type: ignore[attr-defined]  # noqa: SLF001


def _keep_saving(save: Callable[[], None], least: float) -> None:
    pause, worked = least, 0.0
    while True:
        time.sleep(pause)
        if time.process_time() - worked < _LEAST_WORK:
            continue
        began = time.monotonic()
        save()
        pause = max(least, _SHARE * (time.monotonic() - began))
        worked = time.process_time()


if __name__ == "__main__":
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    write_whole_histories(importlib.import_module("ministack.services.stepfunctions"))
    name_groups(importlib.import_module("ministack.services.cognito"))
    remember_conditions(importlib.import_module("ministack.services.dynamodb"))
    save_while_working(importlib.import_module("ministack.app"), float(sys._xoptions["sluice_saves"]))  # noqa: SLF001
    runpy.run_module("ministack", run_name="__main__")
