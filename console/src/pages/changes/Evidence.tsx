// What was seen that made it a change: counts, likelihoods, operations. All of it as it came.

import Box from "@cloudscape-design/components/box";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { Code } from "../../parts/Code";

export function Evidence({ of }: { of: Record<string, unknown> }) {
  const facts = Object.entries(of).filter(([name]) => name !== "suggestion");
  if (facts.length === 0) {
    return <Box color="text-body-secondary">It shows in the field itself; there are no further facts.</Box>;
  }
  return (
    <KeyValuePairs
      columns={3}
      items={facts.map(([name, value]) => ({
        label: name.replaceAll("_", " "),
        value: <Fact name={name} value={value} />,
      }))}
    />
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    return value.map(String).join(", ") || "none";
  }
  return typeof value === "object" && value !== null ? <Code label={name} value={value} /> : String(value);
}
