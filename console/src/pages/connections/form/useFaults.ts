// What is wrong with what stands in the form: the API says it, a moment after the last key.

import { useEffect, useState } from "react";
import { client, type Model } from "../../../api/client";
import { at, type Fault } from "../../../api/problem";
import { faultsIn, isSame, placed } from "./faults";
import type { Field } from "./fields";
import { useSettled } from "./useSettled";

const PATIENCE = 600;

type Request = Model<"NewConnection">;

/** Returns what is wrong with the request, as far as it was asked; what has changed since is not judged by it. */
export function useFaults(request: Request): Fault[] {
  const [told, setTold] = useState<{ of: Request; faults: Fault[] }>({ of: request, faults: [] });
  const settled = useSettled(JSON.stringify(request), PATIENCE);
  useEffect(() => {
    const asked = new AbortController();
    const body = JSON.parse(settled) as Request;
    client.POST("/connections/validate", { body, signal: asked.signal }).then(
      ({ data }) => setTold({ of: body, faults: (data?.faults ?? []).map(placed) }),
      (error: unknown) => {
        if (!asked.signal.aborted) {
          setTold({ of: body, faults: faultsIn(error) });
        }
      },
    );
    return () => asked.abort();
  }, [settled]);
  return told.faults.filter((one) => isSame(told.of, request, one.pointer));
}

/** Settings and secrets that lack, which the API tells one at a time. */
export function lacking(
  request: Model<"NewConnection">,
  fields: readonly Field[],
  secrets: Record<string, Model<"SecretModel">>,
  stored: readonly string[],
): Fault[] {
  const needed = (pointer: string): Fault => ({ pointer, code: "missing_key", detail: "is needed" });
  const settings = fields.filter(
    (field) => field.required && field.usual === undefined && request.settings?.[field.name] === undefined,
  );
  const given = Object.entries(secrets).filter(
    ([name, about]) => !about.optional && !request.secrets?.[name] && !stored.includes(name),
  );
  return [
    ...(request.name === "" ? [needed("/name")] : []),
    ...settings.map((field) => needed(`/settings/${field.name}`)),
    ...given.map(([name]) => needed(`/secrets/${name}`)),
  ];
}

/** Both, each place told once: that something lacks is said in the form's own words. */
export function together(own: readonly Fault[], told: readonly Fault[]): Fault[] {
  return [...own, ...told.filter((one) => !at(own, one.pointer))];
}
