// state_machines/sync.asl.json as text. As an object inside the template it would lose its nulls:
// CloudFormation allows none, and `"ResultPath": null` and a stream's first `position` need them.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

module.exports = () => JSON.stringify(JSON.parse(readFileSync(join(__dirname, "../../state_machines/sync.asl.json"), "utf8")));
