"""Error names of AWS's own that end a stream or a run once the state machine has given up trying again.

Source: Step Functions developer guide, "Handling errors in Step Functions workflows", read 2026-11-21.
"""

from __future__ import annotations

from sluice.runbook.entry import Entry, Verdict
from sluice.runbook.ours import RESOLVED

_AGAIN = "The state machine tried {} more times, with growing waits, then gave up; the cursor stays."
_SHOW = "`sluice runs show RUN`: which state it was, how often it was tried."
_HEALTH = "AWS's health dashboard, and the account's quotas of Lambda and SQS."

AWS = (
    Entry(
        names=(
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
            "Lambda.ClientExecutionTimeoutException",
        ),
        title="AWS Lambda did not take the call",
        verdict=Verdict.WAIT,
        meaning="AWS Lambda did not take a step's call: a fault of the service, or too many calls at once.",
        did=_AGAIN.format("six"),
        look=(
            _SHOW,
            _HEALTH,
            (
                "`Lambda.TooManyRequestsException`: the account's concurrency is used up; see the metric "
                "`ConcurrentExecutions`."
            ),
        ),
        what_to_do=(
            "Nothing, unless it lasts: the next run carries on. Of too many requests: ask AWS for more "
            "concurrency, or spread the schedules."
        ),
        wake="If every connection fails for longer than its data may be old: whoever runs the AWS account.",
        over=RESOLVED,
    ),
    Entry(
        names=("Lambda.Unknown", "Runtime.ExitError", "Runtime.Unknown"),
        title="A worker died",
        verdict=Verdict.WAIT,
        meaning="The process of a step ended without an answer: out of memory, or killed.",
        did=_AGAIN.format("three"),
        look=(
            _SHOW,
            (
                "The log of that state's function at that time: `REPORT` says how much memory was used of "
                "how much; see `docs/ops.md`."
            ),
        ),
        what_to_do=(
            "Nothing the first time: the next run carries on. If it comes again, give the function more "
            "memory (infra/functions.yml)."
        ),
        more=("CompactPartition: see `docs/ops/housekeeping.md`.",),
        wake="A developer, if the same stream dies in three runs.",
        over=RESOLVED,
    ),
    Entry(
        names=("Sandbox.Timedout", "States.Timeout"),
        title="A step took too long",
        verdict=Verdict.WAIT,
        meaning=(
            "A step did not end within its time: its function was cut off, or a chunk was never answered."
        ),
        did=(
            "The state machine tried again: a function's step three times, a chunk once after 75 minutes. "
            "Then it ended the stream; the cursor stays."
        ),
        look=(
            _SHOW,
            (
                "State HandOverChunk: `sluice topics list`. Dead letters of `erp_system` mean that the "
                "transformer fails on the chunk, a depth that grows that it does not keep up."
            ),
            "Any other state: the log of its function, see `docs/ops.md`.",
        ),
        what_to_do=(
            "Nothing the first time: the next run carries on. If it comes again, see what the step waits for."
        ),
        more=(
            (
                "Dead letters of `erp_system` need no redrive: the next run hands their records over again, "
                "and nobody waits for the old messages."
            ),
        ),
        wake="A developer, if the same stream takes too long in three runs.",
        over=RESOLVED,
    ),
    Entry(
        names=("SQS.AmazonSQSException", "SQS.SdkClientException"),
        title="SQS did not take a chunk",
        verdict=Verdict.WAIT,
        meaning="The queue ERP_SYSTEM did not take a chunk's message.",
        did=_AGAIN.format("six"),
        look=(
            _SHOW,
            _HEALTH,
            "The cause says `AccessDenied`: the role or the queue's policy was changed by hand.",
        ),
        what_to_do="Nothing, unless it lasts: the next run carries on. Where access is denied, deploy again.",
        wake="If every connection fails for longer than its data may be old: whoever runs the AWS account.",
        over=RESOLVED,
    ),
    Entry(
        names=("States.TaskFailed", "StepFunctions.ExecutionAlreadyExistsException"),
        title="The run that goes on could not be started",
        verdict=Verdict.WAIT,
        meaning=(
            "A run whose history was full has to go on as another, and Step Functions did not start that: "
            "too many calls, a role changed by hand, or it runs already, which is as good."
        ),
        did=_AGAIN.format("six") + " Where the streams stand is on their cursors.",
        look=(
            _SHOW,
            "`sluice runs show RUN --json`: `continued_as` is the run that was to go on; does it exist?",
            "The cause says `AccessDenied`: the role of `sync` was changed by hand.",
        ),
        what_to_do=(
            "Nothing: the next run of the connection reads on (sluice run NAME). Where access is denied, "
            "deploy again."
        ),
        wake="Nobody: nothing is lost, and nothing is read twice.",
        over=RESOLVED,
    ),
    Entry(
        names=("States.Runtime", "States.DataLimitExceeded"),
        title="The state machine itself broke",
        verdict=Verdict.CALL,
        meaning=(
            "A state's data had no such field, or grew over 256 KiB. No Catch of a state machine sees these."
        ),
        did=(
            "The last net (`infra/last_net.yml`) freed the connection, closed the run's record as lost, and "
            "told people; what was handed over stays."
        ),
        look=(
            _SHOW,
            (
                "In the Step Functions console the execution's last event names the path, or the state that "
                "grew."
            ),
        ),
        what_to_do="Call a developer: the same input would break it again. Other connections go on.",
        wake="A developer, if more than one connection is struck.",
        over=RESOLVED,
    ),
)
