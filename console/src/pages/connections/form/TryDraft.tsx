// Tries what stands in the form against the ERP, before it is stored.

import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { TrialResult } from "../TrialResult";

interface TryProps {
  request: Model<"NewConnection">;
  stored: string[];
  ready: boolean;
}

export function TryDraft({ request, stored, ready }: TryProps) {
  const [isOpen, setOpen] = useState(false);
  const trial = api.useMutation("post", "/connections/test");
  // A stored secret is not used for settings that are not stored: it could be sent to another address.
  const lacks = stored.filter((name) => !request.secrets?.[name]);
  const reason =
    lacks.length > 0
      ? "Type the secrets to test what is not saved yet; what is stored is tested on the connection's page."
      : "Fill in what is needed first.";
  return (
    <>
      <Button
        loading={trial.isPending}
        disabled={!ready || lacks.length > 0}
        disabledReason={reason}
        onClick={() => {
          setOpen(true);
          trial.mutate({ body: request });
        }}
        formAction="none"
      >
        Test it
      </Button>
      {isOpen && (
        <TrialResult
          trial={trial.data}
          busy={trial.isPending}
          error={trial.error}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
