// Who is signed in: the authorisation code with PKCE (RFC 7636) against the user pool's own page.
// The access token stays in memory; the refresh token lives as long as the tab does.

import * as oauth from "oauth4webapi";
import type { Config } from "../config";

const VERIFIER = "sluice.verifier";
const STATE = "sluice.state";
const REFRESH = "sluice.refresh";
const RETURN_TO = "sluice.return";
const SCOPE = "openid aws.cognito.signin.user.admin";
/** A token is renewed so many seconds before it ends. */
const MARGIN = 60;

/** The user pool's page did not let the person in, or sent back what was not asked for. */
class SignInFailed extends Error {}

export interface Session {
  /** Returns a good access token; sends the person to sign in again where none can be had. */
  accessToken(): Promise<string>;
  /** The API took the token for none (another clock, another pool): the next one asked for is a new one. */
  refused(): void;
  signOut(): void;
}

interface Held {
  token: string;
  until: number;
}

const redirectUri = () => `${window.location.origin}/`;

/**
 * Returns the session of this tab: from a code in the address, from the refresh token, or, where there is
 * neither, null: the browser is then on its way to the sign-in page.
 */
export async function openSession(config: Config): Promise<Session | null> {
  const arrived = new URL(window.location.href);
  const isReturn =
    arrived.pathname === "/" && (arrived.searchParams.has("code") || arrived.searchParams.has("error"));
  const held = isReturn ? await redeem(config, arrived) : await renew(config);
  if (held === null) {
    await goToSignIn(config);
    return null;
  }
  return sessionOf(config, held);
}

function sessionOf(config: Config, first: Held): Session {
  let held = first;
  let renewing: Promise<Held | null> | null = null;
  return {
    async accessToken() {
      if (Date.now() / 1000 > held.until - MARGIN) {
        // Many requests at once renew it once.
        renewing ??= renew(config).finally(() => {
          renewing = null;
        });
        const fresh = await renewing;
        if (fresh === null) {
          await goToSignIn(config);
          throw new SignInFailed("the session has ended");
        }
        held = fresh;
      }
      return held.token;
    },
    refused() {
      held = { ...held, until: 0 };
    },
    signOut() {
      sessionStorage.removeItem(REFRESH);
      const target = new URL(config.logout);
      target.searchParams.set("client_id", config.clientId);
      target.searchParams.set("logout_uri", redirectUri());
      window.location.assign(target);
    },
  };
}

async function goToSignIn(config: Config): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem(VERIFIER, verifier);
  sessionStorage.setItem(STATE, state);
  sessionStorage.setItem(RETURN_TO, window.location.pathname + window.location.search);
  const target = new URL(config.authorize);
  const asked = {
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: SCOPE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) {
    target.searchParams.set(name, value);
  }
  window.location.assign(target);
}

async function redeem(config: Config, arrived: URL): Promise<Held | null> {
  const verifier = sessionStorage.getItem(VERIFIER);
  const state = sessionStorage.getItem(STATE);
  if (verifier === null || state === null) {
    return null; // An old address, opened again: sign in anew.
  }
  sessionStorage.removeItem(VERIFIER);
  sessionStorage.removeItem(STATE);
  const server = serverOf(config);
  const client = { client_id: config.clientId };
  try {
    const checked = oauth.validateAuthResponse(server, client, withoutIssuer(arrived), state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      checked,
      redirectUri(),
      verifier,
      options(config),
    );
    return await keep(answer);
  } catch (error) {
    throw new SignInFailed(error instanceof Error ? error.message : String(error));
  } finally {
    // Not kept: it may be where a vendor sent the browser back to, with a code of its own.
    window.history.replaceState(null, "", sessionStorage.getItem(RETURN_TO) ?? "/");
    sessionStorage.removeItem(RETURN_TO);
  }
}

async function renew(config: Config): Promise<Held | null> {
  const refresh = sessionStorage.getItem(REFRESH);
  if (refresh === null) {
    return null;
  }
  const client = { client_id: config.clientId };
  const answer = await oauth.refreshTokenGrantRequest(
    serverOf(config),
    client,
    oauth.None(),
    refresh,
    options(config),
  );
  if (answer.status >= 500) {
    throw new SignInFailed(`the sign-in service answered ${answer.status}`);
  }
  if (!answer.ok) {
    sessionStorage.removeItem(REFRESH);
    return null;
  }
  return keep(answer);
}

// The answer is read by hand: the ID token in it is of no use here, so its signature is not asked for.
async function keep(answer: Response): Promise<Held> {
  const found = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok || typeof found.access_token !== "string") {
    throw new SignInFailed(
      `the sign-in service answered ${answer.status} ${String(found.error ?? "")}`.trim(),
    );
  }
  if (typeof found.refresh_token === "string") {
    sessionStorage.setItem(REFRESH, found.refresh_token);
  }
  const lives = typeof found.expires_in === "number" ? found.expires_in : MARGIN * 2;
  return { token: found.access_token, until: Date.now() / 1000 + lives };
}

function serverOf(config: Config): oauth.AuthorizationServer {
  return {
    issuer: new URL(config.authorize).origin,
    authorization_endpoint: config.authorize,
    token_endpoint: new URL(config.token, window.location.origin).href,
  };
}

// The embedded AWS answers on http://127.0.0.1 alone; everywhere else a token goes over https or not at all.
function options(config: Config) {
  return { [oauth.allowInsecureRequests]: config.stage === "local" };
}

function withoutIssuer(arrived: URL): URLSearchParams {
  const found = new URLSearchParams(arrived.search);
  found.delete("iss");
  return found;
}
