// What each queue is for, in a sentence. A queue that is not known here is shown by its name alone.

const PURPOSES: Record<string, string> = {
  erp_system: "Raw chunks on their way from the ERPs to the transformer.",
  information: "Canonical records, as events, for those who consume them.",
  notification: "What people must know, for programs.",
  delivery: "Notifications on their way to people: e-mail, Slack, Teams, webhooks.",
  lake: "Events on their way into the lake.",
  triggers: "Starts of runs that could not be made.",
};

export const purposeOf = (name: string): string => PURPOSES[name] ?? "";
