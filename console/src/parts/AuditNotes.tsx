// Who did what to the thing that a page shows, where it arises: of a run, a change, a connection.

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../api/client";
import { inWords } from "./actions";
import { Status } from "./Status";
import { Time } from "./Time";

type Note = Model<"NoteModel">;

const COLUMNS: TableProps.ColumnDefinition<Note>[] = [
  { id: "at", header: "When", minWidth: 130, cell: (note) => <Time at={note.at} /> },
  { id: "who", header: "Who", minWidth: 110, cell: (note) => note.who },
  {
    id: "action",
    header: "Did what",
    isRowHeader: true,
    minWidth: 140,
    cell: (note) => inWords(note.action),
  },
  { id: "reason", header: "Reason", minWidth: 160, cell: (note) => note.reason || "–" },
  { id: "state", header: "Came to", minWidth: 160, cell: (note) => <CameTo note={note} /> },
];

function CameTo({ note }: { note: Note }) {
  return (
    <>
      <Status of={note.state} />
      {note.error && (
        <Box variant="small" display="block">
          {note.error}
        </Box>
      )}
    </>
  );
}

export function AuditNotes({ of }: { of: Note[] }) {
  return (
    <Table
      header={
        <Header variant="h2" counter={of.length > 0 ? `(${of.length})` : undefined}>
          Who did what
        </Header>
      }
      items={of}
      columnDefinitions={COLUMNS}
      trackBy={(note) => `${note.at} ${note.action} ${note.target}`}
      wrapLines
      ariaLabels={{ tableLabel: "Who did what" }}
      empty={<Box color="inherit">Nobody did anything to it by hand.</Box>}
    />
  );
}
