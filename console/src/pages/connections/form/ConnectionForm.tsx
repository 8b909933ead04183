// The form of a connection: what its connector asks for, what is read, when; wrong fields say what is right.

import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Model } from "../../../api/client";
import { useMe } from "../../../api/me";
import { at, type Fault } from "../../../api/problem";
import { GoButton } from "../../../parts/Go";
import { Above } from "./Above";
import { type Draft, requestOf } from "./draft";
import { faultsIn } from "./faults";
import { fieldsOf } from "./fields";
import { Sections } from "./Sections";
import { TryDraft } from "./TryDraft";
import { lacking, together, useFaults } from "./useFaults";

/** Milliseconds: an error that appears moves what is below it, and a click that is under way would miss it. */
const AFTER_A_CLICK = 300;

interface FormProps {
  draft: Draft;
  connector: Model<"ConnectorModel">;
  /** Names of the secrets that are stored; undefined for a connection that is new. */
  stored: string[] | undefined;
  saving: { busy: boolean; error: unknown };
  onChange: (draft: Draft) => void;
  onSave: (request: Model<"NewConnection">) => void;
}

export function ConnectionForm({ draft, connector, stored, saving, onChange, onSave }: FormProps) {
  const { may } = useMe();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tries, setTries] = useState(0);
  const isTried = tries > 0;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (tries > 0) {
      focusFirstWrong(form.current);
    }
  }, [tries]);
  useEffect(() => {
    if (saving.error) {
      focusFirstWrong(form.current);
    }
  }, [saving.error]);
  const fields = useMemo(() => fieldsOf(connector.settings), [connector]);
  const request = requestOf(draft, fields);
  const told = useFaults(request);
  const own = lacking(request, fields, connector.secrets, stored ?? []);
  const refused = saving.error ? faultsIn(saving.error) : [];
  const faults = together(own, told.length > 0 ? told : refused);
  // Before somebody tries to save, only what was typed and left is judged.
  const isShown = (one: Fault) => isTried || left.has(one.pointer) || one.code === "unknown_connector";
  const seen = faults.filter(isShown);
  const save = () => {
    setTries((count) => count + 1);
    if (own.length === 0) {
      onSave(request);
    }
  };
  return (
    <form
      ref={form}
      noValidate // what is wrong is told at the fields, by us
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Form
        errorText={isTried && faults.length > 0 ? inWords(faults.length) : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <GoButton to={stored ? `/connections/${draft.name}` : "/connections"} variant="link">
              Cancel
            </GoButton>
            {may("POST /connections/test") && (
              <TryDraft request={request} stored={stored ?? []} ready={own.length === 0} />
            )}
            <Button variant="primary" formAction="submit" loading={saving.busy}>
              {stored ? "Save the changes" : "Add the connection"}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Above faults={seen} error={saving.error} />
          <Sections
            draft={draft}
            connector={connector}
            fields={fields}
            stored={stored}
            wrong={(pointer) => at(seen, pointer)}
            onChange={(changed) => onChange({ ...draft, ...changed })}
            onLeave={(pointer) =>
              setTimeout(() => setLeft((known) => new Set(known).add(pointer)), AFTER_A_CLICK)
            }
          />
        </SpaceBetween>
      </Form>
    </form>
  );
}

// The first wrong field is where one goes on.
const focusFirstWrong = (form: HTMLFormElement | null) =>
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();

const inWords = (count: number) =>
  count === 1
    ? "One thing is wrong: it is told where it is."
    : `${count} things are wrong: each is told where it is.`;
