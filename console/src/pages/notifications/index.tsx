// Notifications: who is told when something needs a person, and how that goes.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { api, type Model } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Time } from "../../parts/Time";
import { usePages } from "../../parts/usePages";
import { about, CHANNELS } from "./about";
import { Editor } from "./Editor";
import { NewKey } from "./NewKey";
import { RowActions } from "./RowActions";
import { State } from "./State";

type Subscription = Model<"SubscriptionModel">;

const REFRESH = 10_000;

export default function NotificationsPage() {
  const pages = usePages();
  const [editing, setEditing] = useState<Subscription | "new" | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const query = api.useQuery(
    "get",
    "/subscriptions",
    { params: { query: { cursor: pages.cursor } } },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  const done = (signingKey: string | null = null) => {
    setEditing(null);
    setKey(signingKey);
    void query.refetch();
  };
  const add = (
    <Button variant="primary" onClick={() => setEditing("new")}>
      Add a subscription
    </Button>
  );
  return (
    <Page
      title="Notifications"
      description="People are told by e-mail, Slack, Teams and signed webhooks. One incident is one message, and one more when it is over."
    >
      <Listing
        title="Subscriptions"
        query={query}
        columns={columns({ change: setEditing, tellKey: setKey, done })}
        idOf={(one) => one.name}
        pages={pages}
        actions={add}
        empty={
          <Empty
            title="Nobody is told yet"
            hint="Add a subscription: say who is told, by which channel, and of what. Then send a test."
            action={add}
          />
        }
      />
      {editing && (
        <Editor
          subscription={editing === "new" ? null : editing}
          onDone={done}
          onClose={() => setEditing(null)}
        />
      )}
      {key && <NewKey value={key} onClose={() => setKey(null)} />}
    </Page>
  );
}

interface Doing {
  change: (subscription: Subscription) => void;
  tellKey: (key: string) => void;
  done: () => void;
}

const columns = (doing: Doing): TableProps.ColumnDefinition<Subscription>[] => [
  { id: "name", header: "Name", isRowHeader: true, minWidth: 120, cell: (one) => <Who of={one} /> },
  { id: "state", header: "State", minWidth: 140, cell: (one) => <State of={one} /> },
  { id: "about", header: "Told of", minWidth: 180, cell: (one) => about(one) },
  { id: "sent", header: "Last message", cell: (one) => <Time at={one.last_sent_at} otherwise="none yet" /> },
  {
    id: "actions",
    header: "Actions",
    minWidth: 150,
    cell: (one) => (
      <RowActions
        subscription={one}
        onChange={() => doing.change(one)}
        onDone={doing.done}
        onKey={doing.tellKey}
      />
    ),
  },
];

function Who({ of }: { of: Subscription }) {
  return (
    <SpaceBetween size="xxxs">
      <Box variant="strong">{of.name}</Box>
      <Box variant="small">
        {CHANNELS[of.channel]} to {of.target}
      </Box>
    </SpaceBetween>
  );
}
