// When each stream was read, waited, and came to its end: a bar each, over the time of the whole run.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { between, inWords } from "../../../parts/times";
import { StreamOutcome } from "./StreamOutcome";
import "./timeline.css";
import { type Row, rowInWords, rowsOf, ticksOf } from "./timeline";

export function Timeline({ run }: { run: Model<"RunModel"> }) {
  const header = (
    <Header variant="h2" description="When each stream was read, waited for the ERP, and came to its end.">
      Timeline
    </Header>
  );
  if (!run.started_at || run.timeline.length === 0) {
    return (
      <Container header={header}>
        <Empty title="No stream has begun" hint="A stream appears here once it is read." />
      </Container>
    );
  }
  const seconds = between(run.started_at, run.ended_at);
  const rows = rowsOf(run.timeline, run.started_at, run.ended_at);
  return (
    <Container header={header}>
      <ul className="timeline" aria-label="Timeline of the streams">
        <Scale seconds={seconds} />
        {rows.map((row) => (
          <Bar key={row.stream} row={row} ended={run.ended_at !== null} />
        ))}
      </ul>
    </Container>
  );
}

function Bar({ row, ended }: { row: Row; ended: boolean }) {
  const words = rowInWords(row);
  return (
    <li className="timeline-row" title={`${row.stream}: ${words}`}>
      <span className="timeline-stream">{row.stream}</span>
      <span className="timeline-track" role="img" aria-label={words}>
        {row.parts.map((part) => (
          <span
            key={part.from}
            className={`timeline-part ${part.outcome} ${row.last}`}
            style={{ insetInlineStart: percent(part.from), inlineSize: percent(part.to - part.from) }}
          />
        ))}
        {row.end !== null && (
          <span className={`timeline-mark ${row.last}`} style={{ insetInlineStart: percent(row.end) }} />
        )}
      </span>
      <span className="timeline-end">
        <StreamOutcome of={row.last} ended={ended} /> <Box variant="small">{inWords(row.seconds)}</Box>
      </span>
    </li>
  );
}

function Scale({ seconds }: { seconds: number }) {
  return (
    <li className="timeline-row timeline-scale" aria-hidden="true">
      <span className="timeline-stream" />
      <span className="timeline-track">
        {ticksOf(seconds).map((tick) => (
          <span key={tick} className="timeline-tick" style={{ insetInlineStart: percent(tick / seconds) }}>
            {inWords(tick)}
          </span>
        ))}
      </span>
      <span className="timeline-end" />
    </li>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
