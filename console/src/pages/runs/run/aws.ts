// Links to where AWS shows a run, for a deployment on AWS.

const FUNCTION = /:function:([\w-]+)/;
const ERRORS = "fields @timestamp, level, message, stream, reason";

const pageOf = (region: string, service: string, rest: string): string =>
  `https://${region}.console.aws.amazon.com/${service}/home?region=${region}#${rest}`;

/** The execution's page in the Step Functions console. */
export const executionLink = (region: string, arn: string): string =>
  pageOf(region, "states", `/v2/executions/details/${encodeURIComponent(arn)}`);

/** The log groups of the functions that a definition calls, and of the transformer, which a queue calls. */
export function logGroupsOf(definition: unknown): string[] {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === "string") {
      const found = FUNCTION.exec(value)?.[1];
      if (found) {
        names.add(found);
      }
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(walk);
    }
  };
  walk(definition);
  const prefix = [...names][0]?.split("-").slice(0, -1).join("-");
  if (prefix) {
    names.add(`${prefix}-transform`);
  }
  return [...names].sort().map((name) => `/aws/lambda/${name}`);
}

/** A query over those logs for what this run wrote, from when to when (until now, while it runs). */
export function logsLink(region: string, groups: string[], run: RunTimes, now: number = Date.now()): string {
  const query = `${ERRORS} | filter run = "${run.id}" | sort @timestamp asc | limit 1000`;
  const detail = [
    `end~'${escaped(new Date(run.until ? Date.parse(run.until) + 60_000 : now).toISOString())}`,
    `start~'${escaped(new Date(run.since).toISOString())}`,
    "timeType~'ABSOLUTE~tz~'UTC",
    `editorString~'${escaped(query)}`,
    `source~(${groups.map((group) => `~'${escaped(group)}`).join("")})`,
  ].join("~");
  // That page's own way of writing parameters behind the #: % as $, and %XX inside of them as *xx.
  const parameters = encodeURIComponent(`?queryDetail=~(${detail})`).replaceAll("%7E", "~");
  return pageOf(region, "cloudwatch", `logsV2:logs-insights${parameters.replaceAll("%", "$")}`);
}

interface RunTimes {
  id: string;
  since: string;
  until: string | null;
}

const escaped = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => `*${code.toLowerCase()}`);
