"""Changes of how lists are paged, filtered, ordered and counted; they show over several calls."""

from __future__ import annotations

from sluice.model.change_kinds.kind import Kind, kind

LIST_KINDS: tuple[Kind, ...] = (
    kind("D28", "page_size_capped", "Pages are smaller than asked for, and more follows", "C: high notify", "size of full pages compared with what was asked; a short page never ends a list by itself"),
    kind("D29", "page_size_refused", "The page size is refused (400, 413)", "H: medium notify", "status of the reply (413, or 400 and 422 that name the parameter); smaller pages are asked for, and where the fourth is refused too the stream is held"),
    kind("D30", "paging_stopped_early", "The next page or cursor is missing though more was announced", "C: critical hold", "cursor, more-flag and number of pages in the reply, also when asked again"),
    kind("D31", "cursor_refused", "A saved cursor is refused (400, 404, 410)", "H: high hold", "status of the reply to a later page"),
    kind("D32", "paging_loop", "The same page comes twice", "C: critical hold", "hash of each page and cursor"),
    kind("D33", "total_mismatch", "The total is missing, or differs from what came", "C: high hold", "total of the reply: more than came, also when asked again, holds; one that vanished or fell behind is told"),
    kind("D34", "order_changed", "The list is in another order than asked for", "C: high hold", "the sorted field of neighbouring records, where the stream declares it; also when asked again"),
    kind("D35", "filter_ignored", "A filter is ignored, renamed or removed", "C: critical hold", "each record is held against the filter that was sent, where the stream declares a check; told, where an incremental read brings everything"),
    kind("D36", "parameter_refused", "A parameter became required or is refused (400, 422)", "H: critical hold", "status of the reply"),
    kind("D37", "parameter_default_changed", "A parameter's default changed", "CT: high hold", "", "parameters are sent explicitly; what is not sent shows as D28, D34, D38 or D40"),
    kind("D38", "record_count_collapse", "Far fewer records than before", "CT: critical hold", "records gone from a stream read whole"),
    kind("D39", "truncated", "A list ends at a round number", "C: critical hold", "count of a whole read that was larger, or grew at each run before"),
    kind("D40", "expansion_changed", "Nested lists or objects come empty or as references only", "RT: high hold; low notify", "fields of nested objects, share of empty lists"),
    kind("D41", "watermark_semantics_changed", "Changed records do not show as changed", "T: critical hold", "", "the regular whole read finds what the incremental ones missed, and publishes it"),
    kind("D57", "key_absent", "The primary key is absent or no longer unique", "RC: critical hold", "each record's key; keys that repeat with other content, but for records edited while they are read"),
    kind("D58", "cursor_field_absent", "The field that filters or orders is absent", "R: critical hold", "each record"),
    kind("D59", "records_rekeyed", "The same records come under other keys", "C: critical hold", "keys of another form than the contract's; known records under other keys; most keys new while most are gone"),
    kind("D71", "deletes_changed", "Deleted records come flagged instead of vanishing, or the other way round", "CR: high hold", "", "shows as D38, D55 or D68; deletes wait behind D38's limit"),
    kind("D72", "phased_change", "A change reaches some connections only", "RHCT: high hold", "contracts are per connection, incidents are compared per connector"),
)  # fmt: skip
