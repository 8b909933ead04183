// What people do, in words. An action that is not known here is shown by its name.

const WORDS: Record<string, string> = {
  "changes.accept": "accepted an API change",
  "changes.reject": "rejected an API change",
  "connections.add": "added a connection",
  "connections.authorize": "authorised a connection",
  "connections.pause": "paused a connection",
  "connections.remove": "removed a connection",
  "connections.replace": "changed a connection",
  "connections.resume": "let a connection run again",
  "connections.test": "tested a connection",
  "connectors.register": "registered a connector",
  "connectors.rollback": "took a connector back",
  "data.export": "exported data",
  "notifications.add": "added a subscription",
  "notifications.change": "changed a subscription",
  "notifications.pause": "paused a subscription",
  "notifications.remove": "removed a subscription",
  "notifications.resume": "let a subscription go on",
  "notifications.rotate": "made a new signing key",
  "notifications.test": "tried a subscription",
  "quarantine.replay": "replayed quarantined records",
  "runs.redrive": "let a run go on",
  "runs.start": "started a run",
  "runs.stop": "stopped a run",
  "topics.redrive": "moved dead letters back",
  "users.add": "let somebody sign in",
  "users.password": "made a new password for somebody",
  "users.remove": "let somebody sign in no more",
};

/** Every action there is, with what it is done to before those: "connections", "connections.add", ... */
export const ACTIONS: readonly string[] = [
  ...new Set(Object.keys(WORDS).flatMap((action) => [action.split(".")[0] ?? action, action])),
];

export const inWords = (action: string): string => WORDS[action] ?? action;
