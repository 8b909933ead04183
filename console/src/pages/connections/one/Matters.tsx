// What of a connection needs a person, the most urgent first, each with a way to it.

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { Authorise } from "./Authorise";

interface MattersProps {
  connection: Model<"ConnectionModel">;
  matters: Model<"MatterModel">[];
}

const SHOWN = 5;

export function Matters({ connection, matters }: MattersProps) {
  const here = `/connections/${connection.name}`;
  // That it must be authorised is told once, with the way to do it.
  const others = matters.filter((one) => !(connection.note && one.need.includes("authoris")));
  if (!connection.note && others.length === 0) {
    return null;
  }
  return (
    <SpaceBetween size="xs">
      {connection.note && (
        <Alert
          type="warning"
          header="Nobody has let Sluice in yet"
          action={<Authorise connection={connection} />}
        >
          A person of the customer opens the ERP's page, logs in there and agrees. Until then nothing can be
          read.
        </Alert>
      )}
      {others.slice(0, SHOWN).map((one) => (
        <Alert key={`${one.need} ${one.target} ${one.stream}`} type="warning" header={inWords(one)}>
          {one.reason} {one.target !== here && <Go to={one.target}>Look at it</Go>}
        </Alert>
      ))}
      {others.length > SHOWN && <Go to="/overview">{`${others.length - SHOWN} more on the overview`}</Go>}
    </SpaceBetween>
  );
}

const inWords = (one: Model<"MatterModel">) => {
  const need = one.need.replaceAll("_", " ");
  const words = need.charAt(0).toUpperCase() + need.slice(1);
  return one.stream ? `${words}: ${one.stream}` : words;
};
