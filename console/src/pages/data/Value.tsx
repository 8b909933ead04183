// A value of a record in a cell: amounts grouped, times in words, references as links, nothing as a dash.

import { Go } from "../../parts/Go";
import { Time } from "../../parts/Time";
import { type Field, placeOf, sourceOf } from "./entities";
import { grouped } from "./figures";

const LONGEST = 160;

interface ValueProps {
  of: unknown;
  field?: Pick<Field, "type" | "reference">;
}

export function Value({ of, field }: ValueProps) {
  if (of === null || of === undefined || of === "") {
    return <>–</>;
  }
  if (typeof of === "boolean") {
    return <>{of ? "yes" : "no"}</>;
  }
  const text = typeof of === "string" ? of : JSON.stringify(of);
  if (field?.type === "decimal") {
    return <span className="figure">{grouped(text)}</span>;
  }
  if (field?.type === "date") {
    return <span className="figure">{text}</span>;
  }
  if (field?.type === "moment") {
    return <Time at={text} />;
  }
  if (field?.reference) {
    return <Go to={placeOf(field.reference, text)}>{sourceOf(text)}</Go>;
  }
  return text.length > LONGEST ? <span title={text}>{text.slice(0, LONGEST)}…</span> : text;
}
