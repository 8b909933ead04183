// How the connections are, as the overview tells it: asked for once, looked at from many places.

import { api, type Model } from "../../api/client";

const REFRESH = 10_000;

/** Every connection's health by its name; empty until the overview has answered. */
export function useHealths(): Map<string, Model<"HealthModel">> {
  const { data } = useOverview();
  return new Map(data?.connections.map((one) => [one.connection, one]) ?? []);
}

/** One connection's health (undefined until it is known), and what of it needs a person. */
export function useHealth(name: string) {
  const { data } = useOverview();
  return {
    health: data?.connections.find((one) => one.connection === name),
    matters: data?.first.filter((one) => one.connection === name) ?? [],
  };
}

const useOverview = () => api.useQuery("get", "/overview", {}, { refetchInterval: REFRESH });
