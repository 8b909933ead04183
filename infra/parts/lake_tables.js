// Glue's tables and views of the lake, for each entity of the canonical model (transformers/canonical/):
//
//   invoice_events    the files of lake/invoice/events/: an event may be there twice
//   invoice_current   the files of lake/invoice/current/: the newest versions as of the last compaction
//   invoice_history   view: every event once
//   invoice           view: what each record is now, without those that are deleted
//
// Athena lists the two tables one after the other. A query that runs while files are compacted may fail for a file
// that is gone, or not see the newest events; asked again, it is right.
//
// The columns are those of sluice/lake/columns.py; tests/law/test_lake_catalogue.py holds the two together.
const { readFileSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "../../transformers/canonical");
const entities = readdirSync(folder).filter((file) => file.endsWith(".json"));

const decimal = "decimal(38,9)";
// By type and format of a schema's field: the type in Glue. Views speak Trino, which words some otherwise.
const types = {
  "string/decimal": decimal,
  "string/date": "date",
  "string/date-time": "timestamp",
  "string/": "string",
  "boolean/": "boolean",
  "integer/": "bigint",
};
const inViews = { string: "varchar", timestamp: "timestamp(3)" };
const eventColumns = [
  ["event_id", "string", "The event's id: the same for every publication of the same content."],
  ["event_version", "bigint", "Counts the versions of one record, from 1."],
  ["event_time", "timestamp", "When the record was fetched from the ERP, UTC."],
  ["connection", "string", "The connection that the record came by."],
  ["connector", "string", "The connection's connector."],
  ["deleted", "boolean", "Whether the record is gone from the ERP; its fields are null then."],
];
const record = ["record", "string", "The canonical record as it was published, as JSON."];

const column = ([Name, Type, Comment]) => ({ Name, Type, Comment });
const quoted = (name) => `"${name}"`;

function typeOf(field) {
  const scalar = [].concat(field.type ?? []).filter((type) => type !== "null").join("/");
  return types[`${scalar}/${field.format ?? ""}`];
}

function table(entity, what, stored, comment) {
  return {
    Name: `${entity}_${what}`,
    Description: comment,
    TableType: "EXTERNAL_TABLE",
    Parameters: { EXTERNAL: "TRUE", classification: "parquet" },
    StorageDescriptor: {
      Columns: stored.map(column),
      Location: { "Fn::Sub": `s3://\${DataBucket}/lake/${entity}/${what}/` },
      InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
    },
  };
}

// Athena's form of a view: JSON in Base64 inside a comment, the catalogue's columns beside it.
function view(name, columns, sql, comment) {
  const said = {
    originalSql: sql,
    catalog: "awsdatacatalog",
    schema: "${self:custom.lakeDatabase}",
    columns: columns.map(([name, type]) => ({ name, type: inViews[type] ?? type })),
  };
  return {
    Name: name,
    Description: comment,
    TableType: "VIRTUAL_VIEW",
    Parameters: { presto_view: "true", comment: "Presto View" },
    StorageDescriptor: { Columns: columns.map(column), SerdeInfo: {} },
    ViewOriginalText: { "Fn::Join": ["", ["/* Presto View: ", { "Fn::Base64": JSON.stringify(said) }, " */"]] },
    ViewExpandedText: "/* Presto View */",
  };
}

function tablesOf(entity) {
  const schema = JSON.parse(readFileSync(join(folder, `${entity}.json`), "utf8"));
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, typeOf(field), field.description]);
  const stored = [...eventColumns, ...fields.filter(([, type]) => type), record];
  const shown = [...eventColumns, ...fields.map(([name, type, comment]) => [name, type ?? "string", comment]), record];
  const now = shown.filter(([name]) => name !== "deleted");

  const names = stored.map(([name]) => quoted(name)).join(", ");
  const isStored = new Set(stored.map(([name]) => name));
  // A list or an object is in the record only: as JSON text, null where it is null.
  const taken = ([name]) =>
    isStored.has(name)
      ? quoted(name)
      : `nullif(json_format(json_extract("record", '$.${name}')), 'null') AS ${quoted(name)}`;
  const ranked = (from, by, order) =>
    `(SELECT ${names}, row_number() OVER (PARTITION BY ${by} ORDER BY ${order}) AS "place" FROM ${from})`;

  const once = ranked(quoted(`${entity}_events`), '"event_id"', '"event_time", "connector"');
  // Compacted events are in the newest versions already.
  const fresh = `SELECT ${names} FROM ${quoted(`${entity}_events`)} WHERE "$path" LIKE '%/fresh/%'`;
  const all = `(SELECT ${names} FROM ${quoted(`${entity}_current`)} UNION ALL ${fresh})`;
  // As compaction orders them (sluice/lake/compacting.py).
  const newest = ranked(all, '"connection", "source_id"', '"event_version" DESC, "event_time" DESC, "event_id" DESC');

  const title = schema.title;
  return {
    Events: table(entity, "events", stored, `${title}: events as they were stored; one may be there twice.`),
    Current: table(entity, "current", stored, `${title}: newest versions as of the last compaction, deleted ones too.`),
    History: view(
      `${entity}_history`,
      shown,
      `SELECT ${shown.map(taken).join(", ")} FROM ${once} WHERE "place" = 1`,
      `${title}: every event that was published, once.`,
    ),
    "": view(
      entity,
      now,
      `SELECT ${now.map(taken).join(", ")} FROM ${newest} WHERE "place" = 1 AND NOT "deleted"`,
      `${title}: what each record is now. ${schema.description}`,
    ),
  };
}

function resources(entity) {
  const camel = entity.split("_").map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  return Object.entries(tablesOf(entity)).map(([what, TableInput]) => [
    `Lake${camel}${what}Table`,
    {
      Type: "AWS::Glue::Table",
      Properties: { CatalogId: { Ref: "AWS::AccountId" }, DatabaseName: { Ref: "LakeDatabase" }, TableInput },
    },
  ]);
}

module.exports = {
  Resources: Object.fromEntries(entities.flatMap((file) => resources(file.slice(0, -".json".length)))),
};
