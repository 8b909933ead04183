import { expect, test } from "vitest";
import type { Model } from "../../api/client";
import { about } from "./about";

const subscription = (changed: Partial<Model<"SubscriptionModel">>): Model<"SubscriptionModel"> => ({
  name: "ops",
  channel: "email",
  target: "ops@example.com",
  severities: ["warning", "error"],
  kinds: [],
  connections: [],
  paused: false,
  disabled: "",
  created_at: "2026-11-21T08:00:00Z",
  state: "active",
  failures: 0,
  failing_since: null,
  last_error: "",
  last_sent_at: null,
  given_up: 0,
  ...changed,
});

test("what a subscription is about reads as a sentence", () => {
  expect(about(subscription({}))).toBe("warnings and errors of every kind");
  expect(about(subscription({ severities: ["error"], connections: ["north-*"] }))).toBe(
    "errors of every kind, about north-*",
  );
  expect(
    about(subscription({ severities: ["info", "warning", "error"], kinds: ["run.*", "stream.held"] })),
  ).toBe("news, warnings and errors of run.* and stream.held");
});
