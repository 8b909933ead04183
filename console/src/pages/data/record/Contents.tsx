// A record's fields: those with a value first, lists and what only this ERP has below, and the empty ones on demand.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Code } from "../../../parts/Code";
import type { Field } from "../entities";
import { Value } from "../Value";
import { Rows } from "./Rows";

type Values = Record<string, unknown>;

/** Whether a value tells anything: an empty list or object does not. */
export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.values(value).every(isEmpty));

const isPlain = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isRows = (value: unknown): value is Values[] =>
  Array.isArray(value) && value.length > 0 && value.every(isPlain);

export function Contents({ of, fields }: { of: Values; fields: Field[] }) {
  const inRecord = fields.filter((field) => field.name in of && field.name !== "extensions");
  const filled = inRecord.filter((field) => !isEmpty(of[field.name]));
  const empty = inRecord.filter((field) => isEmpty(of[field.name]));
  const isList = (field: Field) => Array.isArray(of[field.name]);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Now</Header>}>
        <SpaceBetween size="l">
          <KeyValuePairs
            columns={3}
            items={filled
              .filter((field) => !isList(field))
              .map((field) => ({ label: field.title, value: <Cell of={of[field.name]} field={field} /> }))}
          />
          {empty.length > 0 && (
            <ExpandableSection headerText={`Without a value (${empty.length})`} variant="footer">
              <Box color="text-body-secondary">{empty.map((field) => field.title).join(", ")}</Box>
            </ExpandableSection>
          )}
        </SpaceBetween>
      </Container>
      {filled.filter(isList).map((field) => (
        <List key={field.name} title={field.title} of={of[field.name]} />
      ))}
      {!isEmpty(of.extensions) && (
        <Container
          header={
            <Header
              variant="h2"
              description="Fields that the canonical model does not have, as the ERP tells them."
            >
              Only in this ERP
            </Header>
          }
        >
          <Code value={of.extensions} label="Fields of this ERP only" copy />
        </Container>
      )}
    </SpaceBetween>
  );
}

function List({ title, of }: { title: string; of: unknown }) {
  return isRows(of) ? (
    <Rows title={title} of={of} />
  ) : (
    <Container header={<Header variant="h2">{title}</Header>}>
      <Code value={of} label={title} />
    </Container>
  );
}

// An address is an object: its parts, one below the other.
function Cell({ of, field }: { of: unknown; field: Field }) {
  if (!isPlain(of)) {
    return <Value of={of} field={field} />;
  }
  return (
    <>
      {Object.entries(of)
        .filter(([, value]) => !isEmpty(value))
        .map(([name, value]) => (
          <div key={name}>
            <Value of={value} />
          </div>
        ))}
    </>
  );
}
