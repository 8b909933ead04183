// The rows of a document, such as an invoice's lines: a column for each field that any of them has.

import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { titleOf } from "../entities";
import { Value } from "../Value";
import { isEmpty } from "./Contents";

type Row = Record<string, unknown>;

const AMOUNT = /^-?\d+(\.\d+)?$/;
const REFERENCE = /_id$/;

export function Rows({ title, of }: { title: string; of: Row[] }) {
  const names = [...new Set(of.flatMap((row) => Object.keys(row).filter((name) => !isEmpty(row[name]))))];
  return (
    <Table
      items={of.map((row, at) => ({ row, at }))}
      trackBy={({ at }) => String(at)}
      wrapLines
      ariaLabels={{ tableLabel: title }}
      header={
        <Header variant="h2" counter={`(${of.length})`}>
          {title}
        </Header>
      }
      columnDefinitions={names.map((name) => ({
        id: name,
        header: titleOf(name.replace(REFERENCE, "")),
        minWidth: 100,
        cell: ({ row }: { row: Row; at: number }) => (
          <Value of={row[name]} field={fieldOf(name, row[name])} />
        ),
      }))}
    />
  );
}

// Rows have no fields of their own in the document of the API: names and forms tell enough.
function fieldOf(name: string, value: unknown) {
  const parts = REFERENCE.test(name) && typeof value === "string" ? value.split("/") : [];
  const reference = parts.length > 2 ? (parts[1] ?? null) : null;
  const isAmount =
    typeof value === "string" && AMOUNT.test(value) && /amount|total|price|quantity|hours/.test(name);
  return { type: isAmount ? ("decimal" as const) : ("text" as const), reference };
}
