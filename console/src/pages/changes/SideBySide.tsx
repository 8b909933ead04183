import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Model } from "../../api/client";
import { Code } from "../../parts/Code";

/** What was relied on, and what the ERP does now. */
export function SideBySide({ change }: { change: Model<"ChangeModel"> }) {
  return (
    <ColumnLayout columns={2}>
      <Container header={<Header variant="h2">Was</Header>} fitHeight>
        <Code label="What was relied on" value={change.before} />
      </Container>
      <Container header={<Header variant="h2">Is</Header>} fitHeight>
        <Code label="What the ERP does now" value={change.after} />
      </Container>
    </ColumnLayout>
  );
}
