// What the console must know before anybody has signed in: /config.json, written where it is served from.

export interface Config {
  /** Where a person signs in (OAuth 2 authorisation endpoint). */
  authorize: string;
  /** Where a code becomes tokens. */
  token: string;
  /** Where a person signs out. */
  logout: string;
  clientId: string;
  /** The deployment's stage: `local` on one machine. */
  stage: string;
  region: string;
  /** Whether the AWS console shows this deployment: false for the embedded AWS. */
  awsConsole: boolean;
}

const TEXTS = ["authorize", "token", "logout", "clientId", "stage", "region"] as const;

/** Reads /config.json; throws an Error that says what is wrong with it. */
export async function readConfig(): Promise<Config> {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) {
    throw new Error(`/config.json answered ${answer.status}; right would be 200 with where to sign in`);
  }
  const found = (await answer.json()) as Record<string, unknown>;
  const missing = TEXTS.filter((name) => typeof found[name] !== "string");
  if (missing.length > 0) {
    throw new Error(`/config.json lacks ${missing.join(", ")}`);
  }
  return { ...(found as unknown as Config), awsConsole: found.awsConsole === true };
}
