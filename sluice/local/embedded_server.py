"""MiniStack as embedded_aws starts it: `python -m ministack`, with what it lacks where AWS has it.

Small answers are sent at once, histories are whole, whoever stays signed in stays in their groups, the
condition of a query is taken apart once, policies may speak of tags, and state is written down while it
works, too.

MiniStack sends a function its event as a head and a body. Left to itself, the kernel keeps the body back
until the head is acknowledged, which takes 40 ms of every invocation.
"""

from __future__ import annotations

import copy
import functools
import importlib
import re
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


_SESSION = re.compile(r"arn:(.+?):sts::(\d+):assumed-role/([^/]+)/.*")
_VARIABLE = re.compile(r"\$\{(aws:[^}]+)\}")


def know_principals(evaluator: ModuleType) -> None:
    """Have ``evaluator`` (ministack.core.iam_evaluator) put the principal's tags into policies' resources.

    As on AWS, what names a tag that the principal lacks matches nothing, and aws:PrincipalArn of a role's
    session is the role's ARN. Raises AttributeError. MiniStack 1.5.33 takes variables for plain text, and
    gives the session's ARN.
    """
    matches, key_of = evaluator._first_match, evaluator._resolve_condition_key  # noqa: SLF001 - no other way in

    def value_of(key: str, asked: Any) -> Any:
        session = _SESSION.fullmatch(asked.principal_arn) if key.lower() == "aws:principalarn" else None
        return session.expand(r"arn:\1:iam::\2:role/\3") if session else key_of(key, asked)

    def filled(pattern: str, asked: Any) -> str | None:
        known = {name: value_of(name, asked) for name in _VARIABLE.findall(pattern)}
        if not all(isinstance(value, str) for value in known.values()):
            return None
        return _VARIABLE.sub(lambda found: str(known[found[1]]), pattern)

    def first_match(asked: Any, statements: list[Any], effect: str) -> Any:
        whole = []
        for one in statements:
            resources = [text for pattern in one.resources if (text := filled(pattern, asked)) is not None]
            # One without resources would be of all.
            if resources or not one.resources:
                told = copy.copy(one)
                told.resources = resources
                whole.append(told)
        return matches(asked, whole, effect)

    evaluator._resolve_condition_key = value_of  # type: ignore[attr-defined]  # noqa: SLF001
    evaluator._first_match = first_match  # type: ignore[attr-defined]  # noqa: SLF001


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
    know_principals(importlib.import_module("ministack.core.iam_evaluator"))
    save_while_working(importlib.import_module("ministack.app"), float(sys._xoptions["sluice_saves"]))  # noqa: SLF001
    runpy.run_module("ministack", run_name="__main__")
