"""Raises ApiChanged for what the engine itself sees: statuses, envelopes, paging.

What happens to a change is judged elsewhere (sluice.contract); every one from here is critical and holds
its stream, since no record behind it can be read.
"""

from __future__ import annotations

from sluice.errors import ApiChanged
from sluice.model.change import Action, Change, Severity

KINDS = {
    "D01": "endpoint_gone",
    "D02": "moved_permanently",
    "D03": "redirected",
    "D05": "method_refused",
    "D06": "not_implemented",
    "D07": "media_type_refused",
    "D08": "upgrade_required",
    "D09": "html_instead_of_data",
    "D10": "format_changed",
    "D11": "envelope_changed",
    "D12": "error_code_changed",
    "D13": "error_with_success_status",
    "D14": "success_status_changed",
    "D20": "auth_scheme_changed",
    "D29": "page_size_refused",
    "D30": "paging_stopped_early",
    "D31": "cursor_refused",
    "D32": "paging_loop",
    "D33": "total_mismatch",
    "D36": "parameter_refused",
    "D42": "field_absent",
    "D50": "scalar_object_change",
}


def api_changed(code: str, message: str, path: str, before: str, after: str) -> ApiChanged:
    """Return the error for one change; ``before`` and ``after`` are short texts without secrets."""
    kind = KINDS.get(code, "reported_by_erp")
    change = Change(code, kind, path, before, after, Severity.CRITICAL, Action.HOLD)
    return ApiChanged(f"{message} [{code} {kind}]", [change])
