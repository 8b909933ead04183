"""The few error names that leave a Lambda, and what each tells the state machine to do.

The class name is wire format: Step Functions matches it as a string and knows no inheritance.
Lower exceptions (transport, AWS, parsing) are translated into these once, with ``raise ... from``.
This module knows neither AWS nor HTTP.

    SluiceError
    |-- ErpUnavailable        the ERP did not answer, or not sensibly: retry with jitter
    |-- CredentialsRejected   the ERP refuses our credentials: stop, tell, a person must act
    |-- ApiChanged            the ERP answers differently from what we rely on: judge it
    |-- ConfigurationInvalid  connector, mapping or connection is wrong: stop, tell the operator
    |-- OutcomeUnknown        a step may or may not have taken effect: look before writing again
    |-- CountsDiffer          records read, mapped and published do not add up: fail, move no cursor
    `-- LeaseLost             another run owns the connection now: stop at once, write nothing
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sluice.faults import Fault
from sluice.model.change import Change


class SluiceError(Exception):
    """Base of every error that a handler may raise; never raised itself.

    The first sentence of a class's docstring says what it means, and ``advice`` in a sentence or two what a
    person should do about it: both are read by people, in the runbook (sluice/runbook) and beside a run.
    """

    advice: ClassVar[str] = ""


class ErpUnavailable(SluiceError):
    """The ERP could not be reached, answered 5xx, or broke off; nothing is known to have changed."""

    advice = "Nothing, unless it lasts: the next run carries on from the same place."


class CredentialsRejected(SluiceError):
    """The ERP refuses the connection's credentials, also after a fresh login."""

    advice = (
        "Renew the credentials (sluice connections change NAME --secret KEY), or, where a person agrees on "
        "the vendor's page, authorise it again (sluice connections authorize NAME)."
    )


class ApiChanged(SluiceError):
    """The ERP's answer breaks what the connector or a mapping relies on.

    ``changes`` holds at least one :class:`~sluice.model.change.Change`; the message names the first.
    """

    advice = (
        "Look at it (sluice changes list NAME; sluice changes show ID), then accept or reject it; the stream "
        "is held meanwhile."
    )

    def __init__(self, message: str, changes: Sequence[Change]) -> None:
        super().__init__(message)
        self.changes = tuple(changes)


class ConfigurationInvalid(SluiceError):
    """A connector, mapping, schema, setting or input is wrong; each fault says what would be right."""

    advice = "Correct what the faults name; nothing was read and nothing was published."

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        # A fault that says the same as the message is not said twice.
        details = "".join(f"\n  {fault}" for fault in faults if fault.message != message)
        super().__init__(message + details)
        self.faults = tuple(faults)


class OutcomeUnknown(SluiceError):
    """A step's write timed out, or was answered unclearly; it may have happened."""

    advice = (
        "Nothing, unless it comes again: the next run compares what arrived with what was sent, and "
        "completes it."
    )


class CountsDiffer(SluiceError):
    """Records that were read, mapped and published do not add up: one was dropped, or counted twice.

    The message has the counts.
    """

    advice = "Call a developer with the run's id: nothing is lost, the cursor stays, but the stream stands."


class LeaseLost(SluiceError):
    """The run's lease on the connection expired and another run took it; this run must not write."""

    advice = "Nothing: the run that holds the connection now carries on."


WIRE_NAMES: tuple[str, ...] = tuple(
    error.__name__
    for error in (
        ErpUnavailable,
        CredentialsRejected,
        ApiChanged,
        ConfigurationInvalid,
        OutcomeUnknown,
        CountsDiffer,
        LeaseLost,
    )
)
"""Every error name that state_machines/ may catch by name besides AWS's own."""
