// A connector's quality.yaml, as the API gives it, in a form that a table can show.

export interface Rule {
  name: string;
  status: string;
  /** What was seen, or why the rule does not apply. */
  said: string[];
}

export interface Certificate {
  certified: string;
  changed: boolean;
  leftOut: string;
  rules: Rule[];
}

const texts = (value: unknown): string[] =>
  value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String);

export function certificateOf(quality: Record<string, unknown>): Certificate {
  const rules = (quality.rules ?? {}) as Record<string, Record<string, unknown>>;
  const left = texts(quality.left_out);
  return {
    certified: String(quality.certified ?? ""),
    changed: quality.changed === true,
    leftOut: left.length > 0 ? ` Left out: ${left.join(", ")}.` : "",
    rules: Object.entries(rules).map(([name, rule]) => ({
      name,
      status: String(rule.status ?? ""),
      said: [...texts(rule.seen), ...texts(rule.reason)],
    })),
  };
}
