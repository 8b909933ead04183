// What needs a person, in words, and where it is dealt with. The API sorts it: the most urgent first.

import type { Model } from "../../api/client";

export type Matter = Model<"MatterModel">;

interface Words {
  title: string;
  /** What the link to where it is dealt with says. */
  action: string;
  weight: "error" | "warning" | "info";
}

const WORDS: Record<string, Words> = {
  credentials_refused: { title: "Credentials are refused", action: "Renew the credentials", weight: "error" },
  must_be_authorised: { title: "Nobody has authorised it", action: "Authorise it", weight: "error" },
  configuration_invalid: { title: "Configuration is wrong", action: "Correct it", weight: "error" },
  stream_held: { title: "Stream is held", action: "Decide on the change", weight: "warning" },
  run_failed: { title: "Last run did not end well", action: "Look at the run", weight: "error" },
  credentials_expire: {
    title: "Credentials are about to end",
    action: "Renew the credentials",
    weight: "warning",
  },
  dead_letters: { title: "Dead letters", action: "Look at the queue", weight: "warning" },
  records_quarantined: { title: "Records are set aside", action: "Look at the change", weight: "warning" },
  api_changed: { title: "The API has changed", action: "Look at the change", weight: "info" },
};

/** The words for a need; one that is not known yet is said as the API names it. */
export function wordsOf(need: string): Words {
  const name = need.replaceAll("_", " ");
  return (
    WORDS[need] ?? {
      title: name.charAt(0).toUpperCase() + name.slice(1),
      action: "Look at it",
      weight: "warning",
    }
  );
}

const PAGES = new Set(["connections", "changes", "runs", "topics"]);

/** The page of the console for a path of the API: both name things alike. Of no other page: null. */
export function placeOf(target: string): string | null {
  const [, page = "", name = ""] = target.split("/");
  return PAGES.has(page) && name ? `/${page}/${name}` : null;
}

/** "Stream is held: invoice". */
export const titleOf = (matter: Matter): string =>
  matter.stream ? `${wordsOf(matter.need).title}: ${matter.stream}` : wordsOf(matter.need).title;
