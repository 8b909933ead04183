import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Config } from "../config";
import { openSession } from "./session";

const CONFIG: Config = {
  authorize: "https://pool.example/oauth2/authorize",
  token: "https://pool.example/oauth2/token",
  logout: "https://pool.example/logout",
  clientId: "console",
  stage: "dev",
  region: "eu-central-1",
  awsConsole: true,
};
const ORIGIN = "https://console.example";

const fetched = vi.fn<(address: string | URL, init?: RequestInit) => Promise<Response>>();
const assign = vi.fn<(address: URL) => void>();
const replaceState = vi.fn<(state: unknown, title: string, address: string) => void>();

const kept = new Map<string, string>();
const sessionStorage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => kept.set(name, value),
  removeItem: (name: string) => kept.delete(name),
};

// jsdom can be sent nowhere, and its bytes are of another realm than Web Crypto's: a stand-in for the window.
function at(path: string): void {
  const { href, pathname, search } = new URL(path, ORIGIN);
  vi.stubGlobal("window", {
    location: { href, origin: ORIGIN, pathname, search, assign },
    history: { replaceState },
  });
}

function answers(body: object, status = 200): void {
  fetched.mockImplementation(async () => Response.json(body, { status }));
}

const tokens = (lives = 3600) => ({ access_token: "access", refresh_token: "refresh", expires_in: lives });

/** The parameters that the browser was sent to the pool's page with. */
function askedFor(): URLSearchParams {
  const target = assign.mock.lastCall?.[0];
  expect(target?.origin).toBe("https://pool.example");
  return target?.searchParams ?? new URLSearchParams();
}

/** What went to the token endpoint, call by call. */
const posted = () => fetched.mock.calls.map(([, init]) => new URLSearchParams(String(init?.body)));

/** Is sent to sign in from `path`, and returns the state that was sent along. */
async function sentToSignIn(path = "/"): Promise<string> {
  at(path);
  expect(await openSession(CONFIG)).toBeNull();
  return askedFor().get("state") ?? "";
}

async function signedIn(lives?: number) {
  const state = await sentToSignIn();
  at(`/?code=c&state=${state}`);
  answers(tokens(lives));
  const session = await openSession(CONFIG);
  if (session === null) {
    throw new Error("the code was not taken");
  }
  return session;
}

beforeEach(() => {
  kept.clear();
  vi.resetAllMocks();
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("sessionStorage", sessionStorage);
});

afterEach(() => vi.unstubAllGlobals());

test("who is not signed in is sent to the pool's page, with a challenge and a state of its own", async () => {
  const first = await sentToSignIn("/runs");
  const asked = askedFor();
  expect(asked.get("redirect_uri")).toBe(`${ORIGIN}/`);
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  expect(await sentToSignIn("/runs")).not.toBe(first);
  expect(fetched).not.toHaveBeenCalled();
});

test("the code becomes a token, with the verifier whose challenge was sent", async () => {
  const state = await sentToSignIn("/runs?status=failed");
  const challenge = askedFor().get("code_challenge");
  at(`/?code=c&state=${state}`);
  answers(tokens());
  const session = await openSession(CONFIG);
  expect(await session?.accessToken()).toBe("access");
  const [grant] = posted();
  expect(grant?.get("code")).toBe("c");
  const verifier = new TextEncoder().encode(grant?.get("code_verifier") ?? "");
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", verifier));
  expect(digest.toString("base64url")).toBe(challenge);
  expect(replaceState).toHaveBeenCalledWith(null, "", "/runs?status=failed");
});

test("a code with the state of another sign-in is not redeemed", async () => {
  await sentToSignIn();
  at("/?code=c&state=another");
  await expect(openSession(CONFIG)).rejects.toThrow("state");
  expect(fetched).not.toHaveBeenCalled();
});

test("a code is redeemed once: the address opened again leads to a new sign-in", async () => {
  await signedIn();
  fetched.mockClear();
  expect(await openSession(CONFIG)).toBeNull();
  expect(fetched).not.toHaveBeenCalled();
});

test("a refusal on the pool's page is told", async () => {
  const state = await sentToSignIn();
  at(`/?error=access_denied&state=${state}`);
  await expect(openSession(CONFIG)).rejects.toThrow();
  expect(fetched).not.toHaveBeenCalled();
});

test("nothing but the refresh token is kept in the tab", async () => {
  await signedIn();
  expect([...kept.values()]).toEqual(["refresh"]);
});

test("a tab that is loaded again needs no sign-in", async () => {
  await signedIn();
  assign.mockClear();
  at("/runs");
  expect(await openSession(CONFIG)).not.toBeNull();
  expect(posted().at(-1)?.get("refresh_token")).toBe("refresh");
  expect(assign).not.toHaveBeenCalled();
});

test("a refresh token that is no longer good leads to a new sign-in, and is forgotten", async () => {
  await signedIn();
  answers({ error: "invalid_grant" }, 400);
  await sentToSignIn("/runs");
  expect([...kept.values()]).not.toContain("refresh");
});

test("a pool that is down signs nobody out", async () => {
  await signedIn();
  answers({}, 503);
  at("/runs");
  await expect(openSession(CONFIG)).rejects.toThrow("503");
  expect([...kept.values()]).toContain("refresh");
});

test("many requests at once renew a token once", async () => {
  const session = await signedIn(1);
  fetched.mockClear();
  await Promise.all([session.accessToken(), session.accessToken(), session.accessToken()]);
  expect(fetched).toHaveBeenCalledTimes(1);
});

test("a token that the API refused is renewed before it is used again", async () => {
  const session = await signedIn();
  const before = fetched.mock.calls.length;
  await session.accessToken();
  expect(fetched.mock.calls.length).toBe(before);
  session.refused();
  answers({ access_token: "another", expires_in: 3600 });
  expect(await session.accessToken()).toBe("another");
  session.refused();
  answers({ error: "invalid_grant" }, 400);
  await expect(session.accessToken()).rejects.toThrow("the session has ended");
  askedFor();
});
