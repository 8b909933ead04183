"""For how long an ERP is waited for that asks for patience again and again, and gives no page in between.

Waits for our own budget are not counted here: they say nothing about the ERP.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sluice.connector.outcomes import Throttled
from sluice.errors import ErpUnavailable
from sluice.registry.budgets.sending import LONGEST_PAUSE

MAX_WAITS = 50
"""An ERP that asks for patience more often in a row is taken as unavailable: no run goes on for ever."""


class Patience(Struct, frozen=True):
    """How often in a row the ERP asked for patience since its last page, and for how many seconds in all."""

    waits: int = 0
    waited: int = 0

    def asked(self, stream: str, now: datetime, wait: Throttled) -> Patience:
        """Return it with a wait more, begun ``now``; raises ErpUnavailable where that is one too many.

        It is where there were MAX_WAITS, or where all would be longer than LONGEST_PAUSE. What another
        connection was asked for is time, but no refusal of this one.
        """
        if wait.ours:
            return self
        if self.waits >= MAX_WAITS:
            what = "and gave no page in between"
            raise ErpUnavailable(f"{stream}: asked {self.waits + 1} times for patience, {what}")
        seconds = max(round((wait.resume_at - now).total_seconds()), 0)
        if self.waited + seconds > LONGEST_PAUSE.total_seconds():
            before = f", after {self.waited / 3600:.1f} h of patience" if self.waited else ""
            moment = f"wants no request before {wait.resume_at:%Y-%m-%dT%H:%M:%SZ}"
            raise ErpUnavailable(f"{stream}: {moment}{before}; a run waits for 4 h at most without a page")
        return Patience(self.waits + (not wait.shared), self.waited + seconds)
