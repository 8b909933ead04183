// What the run costs on AWS, as an estimate: what is paid for, at which prices, and what is not counted.

import ExpandableSection from "@cloudscape-design/components/expandable-section";
import type { Model } from "../../../api/client";
import { Lines } from "../../../parts/cost/Lines";
import { dollars } from "../../../parts/cost/money";

export function Cost({ of }: { of: Model<"CostModel"> }) {
  return (
    <ExpandableSection
      variant="container"
      headerText={`Cost: about ${dollars(of.dollars)}`}
      headerDescription={`Estimated from the run's steps, at the list prices of ${of.region}, read on ${of.read}.`}
    >
      <Lines of={of} label="What the run costs" />
    </ExpandableSection>
  );
}
