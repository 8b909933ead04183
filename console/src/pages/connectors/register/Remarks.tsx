// What a draft says of itself: what a person has to decide first, what was decided and why, what was left out.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Model } from "../../../api/client";

type Remark = Model<"RemarkModel">;

export function Remarks({ draft }: { draft: Model<"DraftModel"> }) {
  return (
    <Container
      header={
        <Header variant="h2" description={`Read as ${draft.form}: ${draft.streams.join(", ")}.`}>
          The draft
        </Header>
      }
    >
      <SpaceBetween size="s">
        <ExpandableSection defaultExpanded headerText={`To look up or decide (${draft.questions.length})`}>
          <Listed of={draft.questions} />
        </ExpandableSection>
        <ExpandableSection headerText={`Decided, and why (${draft.decided.length})`}>
          <Listed of={draft.decided} />
        </ExpandableSection>
        <ExpandableSection headerText={`Left out (${draft.left_out.length})`}>
          <Listed of={draft.left_out.map((text) => ({ file: "", text }))} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

function Listed({ of }: { of: Remark[] }) {
  if (of.length === 0) {
    return <Box color="text-body-secondary">Nothing.</Box>;
  }
  return (
    <ul>
      {of.map((one) => (
        <li key={`${one.file} ${one.text}`}>
          {one.file && <Badge>{one.file}</Badge>} {one.text}
        </li>
      ))}
    </ul>
  );
}
