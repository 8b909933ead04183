// The files of connectors in a folder that a person chose: those that registering takes, by connector.

const OURS =
  /(?:^|\/)((connectors|transformers)\/([a-z][a-z0-9_]{0,39})\/[A-Za-z0-9][A-Za-z0-9_.-]{0,79}\.(?:yaml|yml|md))$/;

/** Below these nobody keeps connectors of his own. */
const ELSEWHERE = /(^|\/)(node_modules|\.git|\.venv|build|dist|examples|tests)\//;

/** Folders below `transformers` that are of no connector. */
const NOT_ONE = new Set(["canonical"]);

export interface Listed<Source> {
  path: string;
  source: Source;
}

/** What is found, by connector; only what has a connector.yaml is one. `whole` is a path in the chosen folder. */
export function connectorsIn<Source>(
  all: readonly { whole: string; source: Source }[],
): Map<string, Listed<Source>[]> {
  const found = new Map<string, Listed<Source>[]>();
  for (const { whole, source } of all) {
    const [, path, , name] = OURS.exec(whole) ?? [];
    if (path !== undefined && name !== undefined && !NOT_ONE.has(name) && !ELSEWHERE.test(whole)) {
      found.set(name, [...(found.get(name) ?? []), { path, source }]);
    }
  }
  return new Map([...found].filter(([name, files]) => files.some((one) => one.path === main(name))).sort());
}

const main = (name: string) => `connectors/${name}/connector.yaml`;

/** The streams that files describe: a file beside connector.yaml is a stream. */
export function streamsIn(name: string, files: Record<string, string>): string[] {
  const folder = `connectors/${name}/`;
  return Object.keys(files)
    .filter((path) => path.startsWith(folder) && /\.ya?ml$/.test(path))
    .map((path) => path.slice(folder.length).replace(/\.ya?ml$/, ""))
    .filter((stream) => stream !== "connector" && stream !== "quality")
    .sort();
}
