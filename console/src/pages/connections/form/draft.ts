// What stands in the form, and the request that it becomes.

import type { Model } from "../../../api/client";
import { type Field, settingsOf, type Typed, typedOf } from "./fields";
import { type Chosen, chosenOf, expressionOf, USUAL } from "./schedule";

export interface Draft {
  name: string;
  connector: string;
  settings: Typed;
  /** Only those that were typed: one that is stored stays unless it is given again. */
  secrets: Typed;
  /** null: every stream, also those that the connector gets later. */
  streams: string[] | null;
  schedule: Chosen;
  policy: { code: string; action: string }[];
  eventsPerMessage: string;
}

export const emptyDraft = (connector: string): Draft => ({
  name: "",
  connector,
  settings: {},
  secrets: {},
  streams: null,
  schedule: USUAL,
  policy: [],
  eventsPerMessage: "",
});

export const draftOf = (known: Model<"ConnectionModel">): Draft => ({
  name: known.name,
  connector: known.connector,
  settings: typedOf(known.settings),
  secrets: {},
  streams: known.streams,
  schedule: chosenOf(known.schedule),
  policy: Object.entries(known.policy).map(([code, action]) => ({ code, action })),
  eventsPerMessage: known.events_per_message === null ? "" : String(known.events_per_message),
});

/** The request's body, all that the API checks with its name. */
export function requestOf(draft: Draft, fields: readonly Field[]): Model<"NewConnection"> {
  const given = Object.entries(draft.secrets).filter(([, secret]) => secret !== "");
  return {
    name: draft.name.trim(),
    connector: draft.connector,
    settings: settingsOf(fields, draft.settings) as Model<"NewConnection">["settings"],
    secrets: Object.fromEntries(given),
    streams: draft.streams,
    schedule: expressionOf(draft.schedule),
    policy: Object.fromEntries(draft.policy.map((one) => [one.code.trim(), one.action])),
    events_per_message: draft.eventsPerMessage.trim() === "" ? null : Number(draft.eventsPerMessage),
  };
}
