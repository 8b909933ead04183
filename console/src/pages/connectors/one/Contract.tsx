// What a stream relies on: the fields that the ERP is expected to send, and what each becomes.

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { Choice } from "../../../parts/Choice";
import { Empty } from "../../../parts/Empty";
import { Filters } from "../../../parts/Filters";
import { Trouble } from "../../../parts/Trouble";

type Field = Model<"FieldModel">;

interface ContractProps {
  connector: string;
  streams: string[];
  stream: string;
  onChoose: (stream: string) => void;
}

export function Contract({ connector, streams, stream, onChoose }: ContractProps) {
  const [wanted, setWanted] = useState("");
  const query = api.useQuery("get", "/connectors/{name}/streams/{stream}", {
    params: { path: { name: connector, stream } },
  });
  if (query.error && !query.data) {
    return <Trouble error={query.error} retry={() => query.refetch()} />;
  }
  const fields = (query.data?.fields ?? []).filter((field) => hasIn(field, wanted.toLowerCase()));
  return (
    <Table
      items={fields}
      trackBy="path"
      loading={query.isPending}
      loadingText="Loading the fields"
      wrapLines
      ariaLabels={{ tableLabel: `Fields of ${stream}` }}
      columnDefinitions={COLUMNS}
      empty={<Empty title={wanted ? "No field of that name" : "It relies on no field"} />}
      filter={
        <Filters>
          <Choice label="Stream" options={streams} value={stream} onChoose={onChoose} />
          <TextFilter
            filteringText={wanted}
            filteringPlaceholder="Find a field"
            filteringAriaLabel="Find a field"
            onChange={(event) => setWanted(event.detail.filteringText)}
          />
        </Filters>
      }
      header={
        <Header
          variant="h2"
          counter={`(${fields.length})`}
          description="What comes in a run is compared with it; what differs is an API change."
        >
          Contract of {stream}
        </Header>
      }
    />
  );
}

const hasIn = (field: Field, wanted: string) =>
  [field.path, ...field.becomes].some((name) => name.toLowerCase().includes(wanted));

const COLUMNS = [
  {
    id: "path",
    header: "Field of the ERP",
    isRowHeader: true,
    minWidth: 160,
    cell: (one: Field) => <Box variant="code">{one.path}</Box>,
  },
  {
    id: "type",
    header: "Type",
    minWidth: 120,
    cell: (one: Field) => [one.types.join(" or "), one.form].filter(Boolean).join(", ") || "any",
  },
  {
    id: "required",
    header: "Always there",
    minWidth: 90,
    cell: (one: Field) => (one.required ? "yes" : "no"),
  },
  {
    id: "becomes",
    header: "Becomes",
    minWidth: 180,
    cell: (one: Field) =>
      one.becomes.length > 0 ? <Box variant="code">{one.becomes.join(", ")}</Box> : "not used",
  },
];
