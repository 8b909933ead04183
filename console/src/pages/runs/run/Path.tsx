// The path of a run through its state machine: drawn, or as a table.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMemo, useState } from "react";
import { api, type Model } from "../../../api/client";
import { Loading } from "../../../parts/Loading";
import { Trouble } from "../../../parts/Trouble";
import { everyState, type Machine, machineOf } from "../machine/asl";
import { Canvas } from "../machine/Canvas";
import { onlyEntered, settled, type Visits, visitsOf } from "../machine/path";
import { StateDetails } from "../machine/StateDetails";
import { StatesTable } from "../machine/StatesTable";

type View = "drawing" | "table";

export function Path({ run }: { run: Model<"RunModel"> }) {
  const [view, setView] = useState<View>("drawing");
  // By what a run is executed does not change while it is.
  const query = api.useQuery(
    "get",
    "/runs/{run}/definition",
    { params: { path: { run: run.id } } },
    { staleTime: Number.POSITIVE_INFINITY },
  );
  const [partly, setPartly] = useState(false);
  const whole = useMemo(() => machineOf(query.data?.definition), [query.data]);
  const visits = useMemo(() => settled(whole, visitsOf(run.states)), [whole, run.states]);
  // Laid out anew only when the path has become another one, not with every answer.
  const entered = JSON.stringify(run.states.map((state) => [state.state, state.came_from]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: entered stands for visits
  const machine = useMemo(() => (partly ? onlyEntered(whole, visits) : whole), [partly, whole, entered]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The state machine that executed the run. The path it took is lit."
          actions={<ViewChoice view={view} onChoose={setView} />}
        >
          Path through the states
        </Header>
      }
    >
      {query.isPending && <Loading what="the state machine" />}
      {query.error ? <Forgotten error={query.error} retry={() => query.refetch()} /> : null}
      {query.data && (
        <SpaceBetween size="s">
          <Toggle checked={partly} onChange={(event) => setPartly(event.detail.checked)}>
            Only what was entered
          </Toggle>
          {view === "drawing" ? (
            <Drawn machine={machine} visits={visits} />
          ) : (
            <StatesTable machine={machine} visits={visits} />
          )}
        </SpaceBetween>
      )}
    </Container>
  );
}

function ViewChoice({ view, onChoose }: { view: View; onChoose: (view: View) => void }) {
  return (
    <SegmentedControl
      label="How the path is shown"
      selectedId={view}
      onChange={(event) => onChoose(event.detail.selectedId === "table" ? "table" : "drawing")}
      options={[
        { id: "drawing", text: "Drawing" },
        { id: "table", text: "Table" },
      ]}
    />
  );
}

function Forgotten({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <SpaceBetween size="s">
      <Box>Step Functions keeps a run for 90 days; its counts and streams are kept as long here.</Box>
      <Trouble error={error} retry={retry} />
    </SpaceBetween>
  );
}

function Drawn({ machine, visits }: { machine: Machine; visits: Visits }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const state = everyState(machine).find((one) => one.state.name === chosen)?.state;
  const visit = chosen === null ? undefined : visits.get(chosen);
  return (
    <SpaceBetween size="m">
      <Canvas machine={machine} visits={visits} chosen={chosen} onChoose={setChosen} />
      {state && visit ? (
        <StateDetails state={state} visit={visit} onClose={() => setChosen(null)} />
      ) : (
        <Box color="text-body-secondary" variant="small">
          Green went well, yellow failed and was caught, red ended it. ×n: entered n times, ↻n: tried again n
          times, a time: waited that long. Choose a lit state for more of it.
        </Box>
      )}
    </SpaceBetween>
  );
}
