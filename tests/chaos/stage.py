"""The deployed definitions and handlers over ports that fail to order, under a clock of their own."""

from __future__ import annotations

import copy
import importlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from lambdas import observing, powers
from sluice.bootstrap.documents import ROOT
from sluice.local.memory_topic import MemoryTopic
from sluice.local.memory_workflow import Failed as AnsweredFailed
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.registry.cursors import Cursors
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.quarantine import list_quarantined
from sluice.usecases.operating.report_ended_run import report_lost_runs
from sluice.usecases.world import World, iso
from tests.chaos.asl import Ended, Engine, Failed
from tests.chaos.ledger import Broken, Incidents, Ledger, chance, check_counts, moment
from tests.chaos.ports import Injector, OutOfTime
from tests.flows.crashing import Aborted
from tests.flows.rig import Killed, Rig

STREAMS = ("department", "customer")
DELIVERIES = 5
HIDDEN_SECONDS = 720
STEP_SECONDS = 4_500
KNOWN_ERRORS = frozenset(
    {
        "ErpUnavailable",
        "CredentialsRejected",
        "ApiChanged",
        "ConfigurationInvalid",
        "OutcomeUnknown",
        "LeaseLost",
    }
)
CONTEXT = SimpleNamespace(
    get_remaining_time_in_millis=lambda: 100_000,
    function_name="chaos",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:chaos",
    aws_request_id="1",
    tenant_id=None,
)


def _functions() -> dict[str, str]:
    found = [path for path in Path(ROOT, "lambdas").glob("**/*.py") if "\ndef handler(" in path.read_text()]
    return {path.stem: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found}


_FUNCTIONS = _functions()


def quiet() -> None:
    """Let the handlers log nothing: what they would say is said ten thousand times."""
    for module in (powers, observing):
        module.logger.setLevel("CRITICAL")


class Stage:
    """A rig whose runs are executions of the deployed definitions; promises are checked all along.

    ``injector`` strikes calls, ``ledger`` sees what is published. ``old`` are messages to the transformer
    that were handed over before: one of them may come again at any time.
    """

    def __init__(self, rig: Rig, random: Random) -> None:
        self.rig, self.random = rig, random
        self.clock = rig.clock
        self.ledger, self.incidents = Ledger(chance(str(random.random()))), Incidents()
        self.injector = Injector(rig.clock, wrote=self._wrote)
        self.engine = Engine(self, rig.clock, random, self._token, rig.clock.advance)
        self.plain: World = replace(rig.world, information=MemoryTopic(self.ledger.take))
        self.workflows = {
            name: _book(getattr(rig.world, name)) for name in ("workflow", "replays", "backfills")
        }
        self.world = self.injector.watch(self.plain)
        self.old: list[dict[str, Any]] = []
        self.duplicates = 0.0
        self.messages: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.runs = self._number = self._tokens = 0
        self._cursors: dict[str, dict[str, Any]] = {}
        self._under_way: set[str] = set()

    def take_over(self, made: Stage) -> None:
        """Stand where another stage stands: what was published, told and started there was so here."""
        ledger = copy.deepcopy(made.ledger)
        for name in ledger.__dataclass_fields__:
            setattr(self.ledger, name, getattr(ledger, name))
        self.incidents.opened |= made.incidents.opened
        self.old, self._cursors = list(made.old), dict(made._cursors)
        self.runs = self._number = made._number
        self._tokens = made._tokens
        for name, book in self.workflows.items():
            kept = made.workflows[name]._kept
            book._kept.update({run: copy.copy(one) for run, one in kept.items()})

    def run(self, trigger: str = "manual", machine: str = "sync", **given: Any) -> Ended:
        """Run an execution to its end, however it ends, and what follows from its end."""
        self.runs += 1
        self._number += 1
        name = given.pop("name", f"run-{self._number:05d}")
        payload = {"connection": self.rig.connection, "trigger": trigger, **given}
        book = self.workflows[{"sync": "workflow", "replay": "replays", "backfill": "backfills"}[machine]]
        book.start(name, payload)
        self._under_way.add(name)
        try:
            ended = self.engine.run(machine, name, payload)
        except Aborted:
            ended = Ended("ABORTED", "", {}, "", "")
        self._under_way.discard(name)
        self.injector.ended = self.injector.dead = False
        book.end(name, ended.status, ended.error or None, ended.cause or None)
        self.ends[ended.state or ended.status] += 1
        if ended.status == "FAILED" and not ended.state:
            raise Broken(f"I3: {name} ended outside of the definition: {ended.error}: {ended.cause[:300]}")
        if ended.status != "SUCCEEDED":
            self._report(name, payload, ended)
        else:
            self._check_counts(name)
        return ended

    def follow(self) -> None:
        """Run what was started meanwhile: replays, and executions that go on with others."""
        for machine, book in (("sync", "workflow"), ("replay", "replays")):
            for name, kept in list(self.workflows[book]._kept.items()):
                if kept.execution.status == "RUNNING" and name not in self._under_way:
                    given = dict(kept.payload)
                    self.run(given.pop("trigger", "manual"), machine, **{**given, "name": name})

    def invoke(self, function: str, payload: Any) -> Any:
        """Call a handler as Lambda does; what it raises has its class's name."""
        name = _snake(function.removeprefix("${").removesuffix("Arn}"))
        try:
            return self._call(name, payload)
        except OutOfTime:
            raise Failed("Sandbox.Timedout", "Task timed out after 900.00 seconds") from None
        except Killed:
            raise Failed("Runtime.ExitError", "Runtime exited with error: signal: killed") from None
        except Exception as error:
            known = type(error).__name__
            self.errors[known] += 1
            if known not in KNOWN_ERRORS:
                raise Broken(f"I3: {name} raised {known}: {error}") from error
            raise Failed(known, json.dumps({"errorMessage": str(error), "errorType": known})) from error

    def hand_over(self, body: Any) -> Any:
        """Put a message into the queue, deliver it up to five times, and return what its token was told."""
        token, text = body["task_token"], json.dumps(body)
        book = self.workflows["workflow"]
        book.wait_for(token)
        if self.random.random() < self.duplicates:
            self._again()
        for number in range(1, DELIVERIES + 1):
            record = _record(text, number)
            done = self._delivered(record)
            if done and self.random.random() < self.duplicates:
                self.messages["twice"] += 1
                self._delivered(record)
            if token in book.answers:
                break
            self.clock.advance(HIDDEN_SECONDS)
        self.old.append(record)
        if token not in book.answers:
            book.give_up(token)
            self.clock.advance(max(0, STEP_SECONDS - DELIVERIES * HIDDEN_SECONDS))
            raise Failed("States.Timeout", "the token was not answered")
        answer = book.answers[token]
        if isinstance(answer, AnsweredFailed):
            self.errors[answer.error] += 1
            raise Failed(answer.error, answer.cause)
        return answer.output

    def start(self, name: str, payload: Any) -> None:
        """Start another execution of `sync`."""
        self.workflows["workflow"].start(name, {k: v for k, v in payload.items() if not k.startswith("AWS_")})

    def read(self, key: str) -> Any:
        """Return an object as JSON."""
        return json.loads(self.plain.objects.get(key))

    def heal(self) -> None:
        """From here on nothing fails any more, and an operator accepts what is held."""
        self.injector.plan = lambda call: None
        self.duplicates = 0.0
        self.rig.erp.faults.clear()
        self.rig.erp.key = "canary-key"
        report_lost_runs(self.plain)
        self.accept()

    def accept(self) -> None:
        """An operator accepts every change that waits for it."""
        for change in list_changes(self.plain):
            if change.state == "open":
                accept_change(self.plain, change.id, "kari", "")

    def settle(self, most: int = 6) -> int:
        """Run without faults until a run has nothing to say any more; return how many runs that took."""
        for number in range(1, most + 1):
            self.clock.advance(3600)
            self.follow()
            before = len(self.ledger.taken.ids)
            ended = self.run()
            self.accept()
            is_quiet = before == len(self.ledger.taken.ids) and number > 1
            if ended.state == "RunSucceeded" and is_quiet:
                return number
        raise Broken(f"I3: after {most} runs without a fault: {ended}")

    def check_end(self) -> None:
        """Check that the consumer has what the ERP holds, whatever came before."""
        self.ledger.deliver(everything=True)
        self.ledger.check_consumers()
        for stream in STREAMS:
            truth = {key: row.name for key, row in self.rig.erp.rows[stream].items()}
            found = self.ledger.taken.names(stream)
            if found != truth:
                wrong = sorted(key for key in {*truth, *found} if truth.get(key) != found.get(key))
                told = {key: (truth.get(key), found.get(key)) for key in wrong[:5]}
                raise Broken(f"I1: {stream} (the ERP, the consumer): {told}")
        self.incidents.check(self.rig.notices)
        running = [run.id for run in self.plain.runs.of(self.rig.connection) if run.status == "running"]
        if running:
            raise Broken(f"I3: recorded as running: {running}")

    def _call(self, name: str, payload: Any) -> Any:
        self.injector.new_worker()
        powers.lambda_worlds = lambda: SimpleNamespace(shared=self.world, of=lambda _: self.world)
        handler: Callable[..., Any] = importlib.import_module(_FUNCTIONS[name]).handler
        answer = handler(json.loads(json.dumps(payload)), CONTEXT)
        # A worker that is dead answers nothing, whatever a handler made of it.
        if self.injector.dead:
            raise Killed
        return json.loads(json.dumps(answer))

    def _delivered(self, record: dict[str, Any]) -> bool:
        try:
            answer = self._call("transform", {"Records": [record]})
        except Killed:
            return False
        return not answer["batchItemFailures"]

    def _again(self) -> None:
        """A message of before comes once more: it was sent twice, or its deletion was lost."""
        if self.old:
            self.messages["again"] += 1
            self._delivered(self.random.choice(self.old))

    def _report(self, name: str, payload: Any, ended: Ended) -> None:
        detail = {
            "name": name,
            "status": ended.status,
            "input": json.dumps(payload),
            "startDate": int(self.clock.now().timestamp() * 1000),
            "error": ended.error,
            "cause": ended.cause,
        }
        for _ in range(3):
            self.injector.ended = False
            try:
                self.invoke("ReportEndedRun", {"detail": detail})
            except Failed:
                self.clock.advance(60)
            else:
                return

    def _check_counts(self, name: str) -> None:
        for stream, result in self.plain.runs.streams(name).items():
            if result.outcome == "synced":
                check_counts(stream, result.counts, result.records_fetched)

    def _wrote(self, sort: str, value: dict[str, Any]) -> None:
        if sort.startswith("incident#"):
            self.incidents.note(value)
        if sort.startswith("cursor#"):
            stream = sort.removeprefix("cursor#")
            before = self._cursors.get(stream, {}).get("watermark")
            self._cursors[stream] = dict(value)
            if value["watermark"] is not None and value["watermark"] != before:
                self._check_cursor(stream, value["watermark"])

    def _check_cursor(self, stream: str, watermark: str) -> None:
        """Check that all that lies behind the cursor is published, or set aside."""
        behind = moment(watermark)
        found = self.ledger.taken.names(stream)
        rows = self.rig.erp.rows[stream]
        owed = {key: row.name for key, row in rows.items() if row.changed < behind}
        missing = {key for key, name in owed.items() if found.get(key) != name}
        if missing:
            aside = {one.source_id for one in list_quarantined(self.plain, self.rig.connection)}
            missing = {key for key in missing if str(key) not in aside}
        gone = {key for name, key, at in self.rig.erp.deleted if name == stream and at < behind}
        kept = {key for key in gone - rows.keys() if key in found}
        if missing or kept:
            raise Broken(f"I5: the cursor of {stream} is at {watermark}, behind it: {missing}, kept: {kept}")

    def _token(self) -> str:
        self._tokens += 1
        return f"token-{self._tokens}"


def cursors_of(stage: Stage) -> dict[str, Any]:
    """Return the cursors of the stage's connection by stream."""
    return dict(Cursors(stage.plain.state, stage.rig.connection).all())


def _book(workflow: Any) -> MemoryWorkflow:
    assert isinstance(workflow, MemoryWorkflow)
    return workflow


def _snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).removeprefix("_")


def _record(text: str, number: int) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(number), "SentTimestamp": "0"}
    return {
        "messageId": "m",
        "receiptHandle": "r",
        "body": text,
        "attributes": attributes,
        "eventSource": "aws:sqs",
    }


__all__ = ["STREAMS", "Stage", "cursors_of", "iso", "quiet"]
