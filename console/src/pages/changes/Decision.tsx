// An operator's decision on a change: what the ERP does now is right, or it is wrong; with a reason.

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Model } from "../../api/client";
import { useMe } from "../../api/me";
import { useFocusKept } from "../../parts/useFocusKept";
import { Accept } from "./Accept";
import { Reject } from "./Reject";

interface DecisionProps {
  change: Model<"ChangeDetail">;
  etag: string | undefined;
}

export function Decision({ change, etag }: DecisionProps) {
  const { may } = useMe();
  const [asked, setAsked] = useState<"accept" | "reject" | null>(null);
  // As it was when the question was asked: a change that was decided on meanwhile is not decided on twice.
  const [tag, setTag] = useState(etag);
  const ask = (what: "accept" | "reject") => {
    setTag(etag);
    setAsked(what);
  };
  const close = () => setAsked(null);
  const isOpen = change.state === "open";
  useFocusKept(`${change.state} ${asked}`);
  // What was rejected stays held: it can be accepted after all.
  const canAccept = may("POST /changes/{id}/accept") && (isOpen || change.state === "rejected");
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {isOpen && may("POST /changes/{id}/reject") && <Button onClick={() => ask("reject")}>Reject</Button>}
      {canAccept && (
        <Button variant="primary" onClick={() => ask("accept")}>
          {isOpen ? "Accept" : "Accept after all"}
        </Button>
      )}
      {asked === "accept" && <Accept change={change} etag={tag} onClose={close} />}
      {asked === "reject" && <Reject change={change} etag={tag} onClose={close} />}
    </SpaceBetween>
  );
}
