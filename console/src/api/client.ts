// The HTTP API, typed by its own OpenAPI document: `api` for React (queries, mutations), `client` for the rest.

import createClient, { type Middleware } from "openapi-fetch";
import createQueries from "openapi-react-query";
import type { Session } from "../auth/session";
import { Problem, problemOf } from "./problem";
import type { components, paths } from "./schema";

/** The API's models by name: `Model<"RunModel">`. */
export type Model<Name extends keyof components["schemas"]> = components["schemas"][Name];

let session: Session | null = null;

/** Tells the client on whose behalf it asks. */
export function askInNameOf(opened: Session): void {
  session = opened;
}

const signed: Middleware = {
  async onRequest({ request }) {
    if (session !== null) {
      request.headers.set("Authorization", `Bearer ${await session.accessToken()}`);
    }
    return request;
  },
  async onResponse({ response }) {
    if (response.status === 401) {
      session?.refused();
    }
    if (!response.ok) {
      throw await problemOf(response);
    }
  },
  onError({ error }) {
    return error instanceof Problem
      ? error
      : new Problem(0, "no_answer", "The API does not answer", "Is the network there? It is tried again.");
  },
};

export const client = createClient<paths>({
  baseUrl: "/api",
  // Lists go as one parameter with commas, which is what every gateway on the way makes of them anyway.
  querySerializer: { array: { style: "form", explode: false } },
});
client.use(signed);

export const api = createQueries(client);
