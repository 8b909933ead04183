"""Changes of what a record holds: fields, types, values and their meaning."""

from __future__ import annotations

from sluice.model.change_kinds.kind import Kind, kind

FIELD_KINDS: tuple[Kind, ...] = (
    kind("D42", "field_absent", "A field that was always there is absent", "R: critical hold; low notify", "each record; single records are quarantined"),
    kind("D43", "sparse_field_gone", "A field that was there at times is never there any more", "T: medium notify; info go_on", "presence over a window"),
    kind("D44", "field_renamed", "A field has another name", "R: critical hold; low notify", "a vanished field's values reappear under a new name"),
    kind("D45", "field_added", "A field is new", "R: info go_on; info go_on", "each record"),
    kind("D46", "field_moved", "A field moved into or out of an object", "R: critical hold; low notify", "a vanished field's values reappear elsewhere"),
    kind("D47", "integer_to_text", "A whole number became text", "R: critical hold; low notify", "type of each value; only told where every value converts back exactly and is no key"),
    kind("D48", "type_changed", "A value has another scalar type", "R: high hold; low notify", "type of each value; only told where every value converts back exactly and is no key"),
    kind("D49", "integer_to_decimal", "Whole numbers became decimals", "R: medium notify; info go_on", "type of each value"),
    kind("D50", "scalar_object_change", "A scalar became an object, or the other way round", "R: critical hold; low notify", "type of each value"),
    kind("D51", "object_list_change", "An object became a list, or the other way round", "R: critical hold; low notify", "type of each value"),
    kind("D52", "null_where_never_null", "Null where there was never null", "RT: high hold; info go_on", "each record; single records are quarantined; where null is declared, over a window"),
    kind("D53", "declared_optional", "The description declares a field optional, the data is as before", "S: info notify; none go_on", "watch compares the description with the stored one"),
    kind("D54", "empty_value_substituted", "Null, empty text, zero and empty object stand in for each other", "RT: high hold; info go_on", "each record; single records are quarantined; over a window, another blank in place of the usual one"),
    kind("D55", "enum_value_new", "A new value of a code list", "R: high quarantine; info go_on", "each record, where a mapping's table does not know it; elsewhere new members of a learnt list are told"),
    kind("D56", "enum_value_changed", "A code list's value is renamed, in another case, or gone", "RT: high quarantine; info go_on", "members of a learnt code list over a window, and their spelling"),
    kind("D60", "date_format_changed", "Dates have another format", "R: critical hold; info go_on", "form of each value"),
    kind("D61", "time_precision_changed", "Times became dates, or lost or changed their zone", "RT: high hold; info go_on", "form of each value; over a window, times at midnight or some hours off"),
    kind("D62", "number_format_changed", "Numbers have a decimal comma or thousands separators", "R: critical hold; info go_on", "form of each value"),
    kind("D63", "scale_changed", "Numbers have another unit or scale", "T: critical hold; info go_on", "magnitudes over a window: small and large values moved alike; a few beyond all before are told"),
    kind("D64", "sign_changed", "Numbers have the other sign", "T: critical hold; info go_on", "share of negative values over a window; the first few are told"),
    kind("D65", "invariant_broken", "Amounts do not add up as they did (net and gross, lines and total)", "RT: critical hold; info go_on", "sums that held in 99.5 % of the records of several windows; a rate or an equality where it changed everywhere"),
    kind("D66", "precision_changed", "Numbers have another precision", "T: medium notify; info go_on", "decimal places over a window"),
    kind("D67", "code_list_changed", "Codes come from another list (names, ISO codes)", "RT: high quarantine; info go_on", "form and members of code lists over a window"),
    kind("D68", "null_rate_changed", "Many more nulls, or a field became constant", "T: medium notify; info go_on", "share of blanks and of the most frequent value, compared with how much windows vary"),
    kind("D69", "encoding_changed", "Text is escaped or encoded twice", "T: medium notify; info go_on", "marks of wrong encodings over a window"),
    kind("D70", "value_too_large", "Values are longer or larger than the canonical model allows", "R: high quarantine; info go_on", "each record that the mapping refuses for it"),
)  # fmt: skip
