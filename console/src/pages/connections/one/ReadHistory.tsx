// Starts a backfill: which stream, and of which days if not of all that there are.

import Box from "@cloudscape-design/components/box";
import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, type Model } from "../../../api/client";
import { Ask } from "../../../parts/Ask";
import { Choice } from "../../../parts/Choice";
import { useNews } from "../../../shell/News";

interface ReadHistoryProps {
  connection: Model<"ConnectionModel">;
  onClose: () => void;
}

export function ReadHistory({ connection, onClose }: ReadHistoryProps) {
  const [wanted, setWanted] = useState({ stream: "", since: "", until: "" });
  const [missed, setMissed] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { tell } = useNews();
  const { data } = api.useQuery("get", "/connectors/{name}", {
    params: { path: { name: connection.connector } },
  });
  const start = api.useMutation("post", "/connections/{name}/backfills", {
    onSuccess: async ({ run }) => {
      onClose();
      tell(`The history of ${wanted.stream} is being read.`);
      await queries.invalidateQueries();
      navigate(`/runs/${run}`);
    },
  });
  const begin = () =>
    wanted.stream === ""
      ? setMissed(true)
      : start.mutate({
          params: { path: { name: connection.name } },
          body: { stream: wanted.stream, since: wanted.since || null, until: wanted.until || null },
        });
  const streams = connection.streams ?? data?.streams.map((stream) => stream.name) ?? [];
  return (
    <Ask
      title={`Read a long history of ${connection.name}`}
      action="Read it"
      busy={start.isPending}
      error={start.error}
      onAnswer={begin}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <FormField label="Stream" errorText={missed && wanted.stream === "" && "Choose which one is read"}>
          <Choice
            label="Stream"
            none="Choose a stream"
            options={streams}
            value={wanted.stream}
            onChoose={(stream) => setWanted({ ...wanted, stream })}
          />
        </FormField>
        <Day
          label="From this day on"
          description="Empty: from where the stream begins."
          value={wanted.since}
          onChange={(since) => setWanted({ ...wanted, since })}
        />
        <Day
          label="To before this day"
          description="Empty: to where it ends."
          value={wanted.until}
          onChange={(until) => setWanted({ ...wanted, until })}
        />
        <Box>
          It is read in windows, four at once, while the connection's runs leave the stream out. Without days,
          all of it is read, and what is gone from the ERP is deleted. Of some days, what came is kept, and
          the stream's cursor stays where it was.
        </Box>
      </SpaceBetween>
    </Ask>
  );
}

interface DayProps {
  label: string;
  description: string;
  value: string;
  onChange: (day: string) => void;
}

function Day({ label, description, value, onChange }: DayProps) {
  return (
    <FormField label={label} description={description} constraintText="YYYY-MM-DD">
      <DateInput
        format="iso"
        placeholder="YYYY-MM-DD"
        value={value}
        onChange={(event) => onChange(event.detail.value)}
      />
    </FormField>
  );
}
