// The definitions in state_machines/ as text, by name: sync.asl.json is `sync`. As an object inside the template
// one would lose its nulls: CloudFormation allows none, and `"ResultPath": null` and a stream's first
// `position` need them.
const { readFileSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "../../state_machines");
const ending = ".asl.json";
const files = readdirSync(folder).filter((file) => file.endsWith(ending));

module.exports = Object.fromEntries(
  files.map((file) => [file.slice(0, -ending.length), JSON.stringify(JSON.parse(readFileSync(join(folder, file), "utf8")))]),
);
