// One change: what was and what is, whom it touches, what is suggested, and the decision.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useParams } from "react-router";
import { client, type Model } from "../../api/client";
import { useTagged } from "../../api/tagged";
import { AuditNotes } from "../../parts/AuditNotes";
import { CostOfChange } from "../../parts/cost/CostOfChange";
import { Loading } from "../../parts/Loading";
import { Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { Decision } from "./Decision";
import { Evidence } from "./Evidence";
import { Facts } from "./Facts";
import { Patch } from "./Patch";
import { SideBySide } from "./SideBySide";

const REFRESH = 5_000;

export function ChangePage() {
  const { id = "" } = useParams();
  const query = useTagged(["change", id], () => client.GET("/changes/{id}", { params: { path: { id } } }), {
    refetchInterval: REFRESH,
  });
  if (query.isPending) {
    return <Loading what="the change" />;
  }
  if (query.data === undefined) {
    return (
      <Page title="API change">
        <Trouble error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  }
  const { found: change, etag } = query.data;
  return (
    <Page
      title={`${change.kind.replaceAll("_", " ")} at ${change.path}`}
      description={change.meaning}
      actions={<Decision change={change} etag={etag} />}
    >
      {change.state === "open" && (
        <Alert type={change.action === "hold" ? "warning" : "info"} header={change.did}>
          {nextOf(change)}
        </Alert>
      )}
      {change.state === "rejected" && <Rejected change={change} />}
      <SideBySide change={change} />
      <Facts change={change} />
      {change.has_suggestion && change.state === "open" && <Patch change={change} />}
      <Container header={<Header variant="h2">Evidence</Header>}>
        <Evidence of={change.evidence} />
      </Container>
      <CostOfChange id={change.id} />
      <AuditNotes of={change.audit} />
    </Page>
  );
}

// In the words of this page: the API's advice names commands.
function nextOf({ action, has_suggestion }: Model<"ChangeDetail">): string {
  if (action !== "hold" && action !== "quarantine") {
    return action === "fail" ? "Nothing waits for a decision: the next run tries again." : "Nothing at once.";
  }
  const look = has_suggestion ? "See below what the patch makes of the records that wait. " : "";
  return `${look}Accept it where the vendor means it so, which releases what waits; reject it where it is wrong.`;
}

// Who comes later wants to know what still waits, and what would end that.
function Rejected({ change }: { change: Model<"ChangeDetail"> }) {
  const isHeld = change.action === "hold";
  return (
    <Alert type="info" header={isHeld ? `Rejected: ${change.stream} stays held` : "Rejected"}>
      {isHeld ? "No run reads it" : "What was set aside for it stays there"} until somebody accepts the change
      after all. Where the vendor takes it back, accept it then, without a patch of the mapping.
    </Alert>
  );
}
