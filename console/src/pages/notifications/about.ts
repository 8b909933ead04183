// What a subscription is about, in words.

import type { Model } from "../../api/client";

type Subscription = Model<"SubscriptionModel">;
export type Channel = Subscription["channel"];

export type Severity = Subscription["severities"][number];

export const CHANNELS: Record<Channel, string> = {
  email: "E-mail",
  slack: "Slack",
  teams: "Teams",
  webhook: "Webhook",
};

/** "warnings and errors of every kind, of north-*". */
export function about(subscription: Subscription): string {
  const severities = listed(subscription.severities.map((one) => SEVERITIES[one] ?? one)) || "everything";
  const kinds = subscription.kinds.length > 0 ? `of ${listed(subscription.kinds)}` : "of every kind";
  const connections =
    subscription.connections.length > 0 ? `, about ${listed(subscription.connections)}` : "";
  return `${severities} ${kinds}${connections}`;
}

const SEVERITIES: Record<string, string> = { info: "news", warning: "warnings", error: "errors" };

function listed(words: string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}
