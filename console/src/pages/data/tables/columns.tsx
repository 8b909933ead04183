// Which fields of a record stand in a table: those that a person chose for it, or else those that say most.

import type { TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { type Field, placeOf, sourceOf } from "../entities";
import { Value } from "../Value";

export type RecordItem = Model<"RecordItem">;

const NAMES = ["name", "number", "voucher_number", "date", "description", "source_id"];
const AMOUNTS = ["total_including_tax", "outstanding_amount", "amount"];
const TELLING = [
  "number",
  "organisation_number",
  "email",
  "phone",
  "status",
  "date",
  "issue_date",
  "due_date",
  "order_date",
  "start_date",
  "posting_date",
  "account_number",
  "employee_id",
  "customer_id",
  "supplier_id",
  "hours",
  "currency",
  "total_including_tax",
  "outstanding_amount",
  "amount",
  "type",
  "active",
  "project_id",
];
const MOST = 7;

const WIDTHS: Record<Field["type"], number> = {
  text: 120,
  boolean: 90,
  integer: 90,
  decimal: 130,
  date: 130,
  moment: 160,
  json: 120,
};

/** The field by which people know a record of the entity: its name, or its number. */
export const namedBy = (fields: Field[]): string =>
  NAMES.find((name) => fields.some((field) => field.name === name)) ?? "source_id";

/** The fields that a table shows unless a person chose others; the first names the record. */
export function usualFields(fields: Field[]): string[] {
  const name = namedBy(fields);
  const known = new Set(fields.filter((field) => field.selectable).map((field) => field.name));
  const hasAmounts = AMOUNTS.some((one) => known.has(one));
  const telling = TELLING.filter(
    (one) => known.has(one) && one !== name && (one !== "currency" || hasAmounts),
  ).slice(0, MOST);
  return [name, "connection", ...telling, "event_time"];
}

/** The columns of these fields, in their order. */
export function columnsOf(
  entity: string,
  fields: Field[],
  shown: string[],
): TableProps.ColumnDefinition<RecordItem>[] {
  const name = namedBy(fields);
  return shown.flatMap((one) => {
    const field = fields.find((known) => known.name === one);
    return field === undefined ? [] : [columnOf(entity, field, field.name === name)];
  });
}

function columnOf(entity: string, field: Field, isName: boolean): TableProps.ColumnDefinition<RecordItem> {
  return {
    id: field.name,
    header: field.title,
    sortingField: field.name,
    isRowHeader: isName,
    minWidth: isName ? 160 : WIDTHS[field.type],
    cell: ({ values }) =>
      isName ? (
        <Go to={placeOf(entity, String(values.id))}>
          {String(values[field.name] ?? "") || sourceOf(String(values.id))}
        </Go>
      ) : (
        <Value of={values[field.name]} field={field} />
      ),
  };
}
