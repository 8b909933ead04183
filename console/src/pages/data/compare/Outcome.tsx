// What came out of a comparison: the numbers, which fields differ, and the records of one kind.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { Empty } from "../../../parts/Empty";
import { Listing } from "../../../parts/Listing";
import { useFilters } from "../../../parts/useFilters";
import type { Pages } from "../../../parts/usePages";
import { useTitles } from "../entities";
import { grouped } from "../figures";
import { columnsOf } from "./columns";
import { type Outcome as Found, inWords, isKind, type Kind, kinds } from "./kinds";

interface OutcomeProps {
  of: Found;
  kind: Kind;
  pages: Pages;
  isPending: boolean;
}

export function Outcome({ of, kind, pages, isPending }: OutcomeProps) {
  const filters = useFilters();
  const options = kinds.map((one) => ({ value: one, label: inWords(one, of) }));
  return (
    <SpaceBetween size="l">
      <Numbers of={of} />
      <Fields of={of} />
      <Listing
        title="Records"
        query={{ data: of, error: null, isPending, refetch: () => undefined }}
        columns={columnsOf(of, kind)}
        idOf={(one) => [...one.key, ...one.here, ...one.there].join("\u001f")}
        pages={pages}
        empty={<Empty title="There is none" />}
        filter={
          <Select
            ariaLabel="Kind of records"
            options={options}
            selectedOption={options.find((one) => one.value === kind) ?? null}
            onChange={({ detail }) => {
              const chosen = detail.selectedOption.value ?? "";
              filters.set("kind", isKind(chosen) ? chosen : "");
            }}
          />
        }
      />
    </SpaceBetween>
  );
}

function Numbers({ of }: { of: Found }) {
  const titleOfField = useTitles(of.entity);
  const figure = (value: number) => <Box variant="awsui-value-large">{grouped(String(value))}</Box>;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Joined by ${of.key.fields.map(titleOfField).join(" and ")}: ${of.key.reason}.`}
        >
          {of.here.connection} and {of.there.connection}
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          { label: `Records in ${of.here.connection}`, value: figure(of.here.counts.records) },
          { label: `Records in ${of.there.connection}`, value: figure(of.there.counts.records) },
          { label: "The same in both", value: figure(of.counts.equal) },
          { label: "Differing", value: figure(of.counts.differing) },
          { label: `Only in ${of.here.connection}`, value: figure(of.counts.only_here) },
          { label: `Only in ${of.there.connection}`, value: figure(of.counts.only_there) },
          { label: "Not compared: doubles", value: figure(of.counts.not_compared) },
          {
            label: "Without a key",
            value: figure(of.here.counts.without_key + of.there.counts.without_key),
          },
        ]}
      />
    </Container>
  );
}

const MOST = 8;

function Fields({ of }: { of: Found }) {
  const filters = useFilters();
  const titleOfField = useTitles(of.entity);
  const [isWhole, setIsWhole] = useState(false);
  const rows = Object.entries(of.by_field)
    .map(([field, counts]) => ({ field, ...counts }))
    .sort((one, other) => other.differing - one.differing);
  const isOne = filters.get("fields") !== "";
  if (rows.length === 0 && !isOne) {
    return null;
  }
  return (
    <Table
      items={isWhole ? rows : rows.slice(0, MOST)}
      trackBy="field"
      ariaLabels={{ tableLabel: "Fields that differ" }}
      empty={<Empty title="Nothing differs in it" />}
      header={
        <Header
          variant="h2"
          counter={`(${rows.length})`}
          actions={isOne && <Button onClick={() => filters.set("fields", "")}>Compare every field</Button>}
        >
          Fields that differ
        </Header>
      }
      footer={
        rows.length > MOST && (
          <Button variant="inline-link" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? "Show the first only" : `Show all ${rows.length}`}
          </Button>
        )
      }
      columnDefinitions={[
        {
          id: "field",
          header: "Field",
          isRowHeader: true,
          cell: (one) => (
            <Button
              variant="inline-link"
              ariaLabel={`Compare ${titleOfField(one.field)} only`}
              onClick={() => filters.setAll({ fields: one.field, kind: "" })}
            >
              {titleOfField(one.field)}
            </Button>
          ),
        },
        { id: "differing", header: "Records", cell: (one) => grouped(String(one.differing)) },
        {
          id: "here",
          header: `Empty in ${of.here.connection}`,
          cell: (one) => grouped(String(one.empty_here)),
        },
        {
          id: "there",
          header: `Empty in ${of.there.connection}`,
          cell: (one) => grouped(String(one.empty_there)),
        },
      ]}
    />
  );
}
