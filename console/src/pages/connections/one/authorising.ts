// Which connection an authorisation is of, from leaving for the vendor's page until coming back.
// The state is the API's; the code goes to it and is looked at by nobody here.

const KEY = "sluice.authorising.";

/** Where vendors send the browser back to; registered with them. */
export const redirectUri = () => `${window.location.origin}/authorized`;

/** Keeps whose the authorisation is; throws where the address is none that a browser may be sent to. */
export function remember(address: string, name: string): void {
  const { protocol, searchParams } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") {
    throw new Error(`${address.slice(0, 100)} is no address of a web page; right would be https://...`);
  }
  const state = searchParams.get("state");
  if (state) {
    sessionStorage.setItem(KEY + state, name);
  }
}

export interface CameBack {
  state: string;
  code: string | null;
  error: string | null;
  error_description: string | null;
}

/** What stood in the address, and of which connection it is: null where this tab has begun no such thing. */
export function cameBack(search: string): { name: string | null; said: CameBack } {
  const params = new URLSearchParams(search);
  const state = params.get("state") ?? "";
  const said = {
    state,
    code: params.get("code"),
    error: params.get("error"),
    error_description: params.get("error_description"),
  };
  return { name: state ? sessionStorage.getItem(KEY + state) : null, said };
}

export const forget = (state: string) => sessionStorage.removeItem(KEY + state);
