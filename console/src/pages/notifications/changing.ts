// A subscription is changed only as it was read: its ETag goes with every change.

import { client, type Model } from "../../api/client";

export type Settings = Model<"SubscriptionSettings">;

export async function etagOf(name: string): Promise<string | undefined> {
  const { response } = await client.GET("/subscriptions/{name}", { params: { path: { name } } });
  return response.headers.get("ETag") ?? undefined;
}

export async function changeSubscription(
  name: string,
  settings: Settings,
  etag: string | undefined,
): Promise<void> {
  await client.PUT("/subscriptions/{name}", {
    params: { path: { name }, header: { "if-match": etag } },
    body: settings,
  });
}
