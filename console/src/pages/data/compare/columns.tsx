// The columns of one kind of a comparison's records.

import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { placeOf, useTitles } from "../entities";
import { Value } from "../Value";
import type { Kind, Outcome } from "./kinds";

type Compared = Model<"ComparedModel">;
type Column = TableProps.ColumnDefinition<Compared>;

export function columnsOf(of: Outcome, kind: Kind): Column[] {
  const key: Column = {
    id: "key",
    header: "Key",
    minWidth: 120,
    cell: (one) => one.key.join(" · ") || "none",
  };
  const here = side(of, "here");
  const there = side(of, "there");
  const differences: Column = {
    id: "differences",
    header: `${of.here.connection} → ${of.there.connection}`,
    minWidth: 260,
    cell: (one) => <Differences of={one} entity={of.entity} />,
  };
  const title: Column = {
    id: "title",
    header: "Record",
    isRowHeader: true,
    minWidth: 140,
    cell: (one) => one.title ?? "–",
  };
  if (kind === "differing") {
    return [title, key, here, there, differences];
  }
  return [title, key, kind.endsWith("_there") ? there : here];
}

function side(of: Outcome, which: "here" | "there"): Column {
  const { connection } = of[which];
  return {
    id: which,
    header: `In ${connection}`,
    minWidth: 100,
    cell: (one) =>
      one[which].map((source, index) => (
        <span key={source}>
          {index > 0 && ", "}
          <Go to={placeOf(of.entity, `${connection}/${of.entity}/${source}`)}>{source}</Go>
        </span>
      )),
  };
}

const FEW = 4;

// Two ERPs that were filled apart differ in nearly everything: the first of it, and the rest for who asks.
function Differences({ of, entity }: { of: Compared; entity: string }) {
  const titleOfField = useTitles(entity);
  const rest = of.differences.slice(FEW);
  return (
    <>
      {of.differences.slice(0, FEW).map((one) => (
        <Difference key={one.field} title={titleOfField(one.field)} of={one} />
      ))}
      {rest.length > 0 && (
        <ExpandableSection headerText={`${rest.length} more`} variant="inline">
          {rest.map((one) => (
            <Difference key={one.field} title={titleOfField(one.field)} of={one} />
          ))}
        </ExpandableSection>
      )}
    </>
  );
}

function Difference({ title, of }: { title: string; of: Compared["differences"][number] }) {
  return (
    <div>
      <Box variant="strong">{title}:</Box> <Value of={of.here} /> → <Value of={of.there} />
    </div>
  );
}
