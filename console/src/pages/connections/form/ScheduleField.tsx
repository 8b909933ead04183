// When a connection runs, and the next five times of it while it is being chosen.

import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { api } from "../../../api/client";
import { asProblem } from "../../../api/problem";
import { ago, inFull } from "../../../parts/times";
import { type Chosen, expressionOf, type Mode, UNITS, type Unit } from "./schedule";
import { useSettled } from "./useSettled";

interface ScheduleProps {
  chosen: Chosen;
  error: string | undefined;
  onChange: (chosen: Chosen) => void;
}

const MODES: { value: Mode; label: string; description: string }[] = [
  { value: "rate", label: "Again and again", description: "Every so many minutes, hours or days." },
  { value: "daily", label: "Once a day", description: "At a time of the day, in UTC." },
  { value: "cron", label: "By an expression", description: "As EventBridge Scheduler has it, in UTC." },
  { value: "hand", label: "By hand only", description: "It runs when somebody starts it." },
];

export function ScheduleField({ chosen, error, onChange }: ScheduleProps) {
  const expression = expressionOf(chosen);
  const settled = useSettled(expression, 400);
  const { data, error: refused } = api.useQuery(
    "get",
    "/schedules/preview",
    { params: { query: { expression: settled ?? "" } } },
    { enabled: Boolean(settled), retry: false },
  );
  const problem = refused ? asProblem(refused) : null;
  const wrong = problem ? (problem.faults[0]?.detail ?? problem.message) : undefined;
  return (
    <SpaceBetween size="m">
      <FormField label="When it runs">
        <RadioGroup
          items={MODES}
          value={chosen.mode}
          onChange={(event) => onChange({ ...chosen, mode: event.detail.value as Mode })}
        />
      </FormField>
      <How chosen={chosen} error={expression === "" ? "say when" : (wrong ?? error)} onChange={onChange} />
      {expression && (
        <Box aria-live="polite">
          <Box variant="awsui-key-label">The next times</Box>
          <Times next={data?.expression === expression ? data.next : null} wrong={wrong !== undefined} />
        </Box>
      )}
    </SpaceBetween>
  );
}

function Times({ next, wrong }: { next: string[] | null; wrong: boolean }) {
  if (wrong) {
    return <Box color="text-status-inactive">None, until the schedule is right.</Box>;
  }
  if (next === null) {
    return <Box color="text-status-inactive">Counting …</Box>;
  }
  if (next.length === 0) {
    return <Box color="text-status-warning">None: it never comes.</Box>;
  }
  return (
    <ol className="times">
      {next.map((at) => (
        <li key={at}>
          <time dateTime={at} title={at}>
            {inFull(at)}
          </time>{" "}
          <Box variant="small">
            {ago(at)} · {at.slice(11, 16)} UTC
          </Box>
        </li>
      ))}
    </ol>
  );
}

function How({ chosen, error, onChange }: ScheduleProps) {
  if (chosen.mode === "hand") {
    return null;
  }
  if (chosen.mode === "rate") {
    return <Rate chosen={chosen} error={error} onChange={onChange} />;
  }
  if (chosen.mode === "daily") {
    return (
      <FormField label="At (UTC)" constraintText="Hours and minutes, such as 05:30." errorText={error}>
        <Input
          value={chosen.time}
          inputMode="numeric"
          onChange={(event) => onChange({ ...chosen, time: event.detail.value })}
        />
      </FormField>
    );
  }
  return (
    <FormField
      label="Expression"
      constraintText="cron(minutes hours day-of-month month day-of-week year), such as cron(0/15 6-18 ? * MON-FRI *)."
      errorText={error}
    >
      <Input
        value={chosen.expression}
        spellcheck={false}
        onChange={(event) => onChange({ ...chosen, expression: event.detail.value })}
      />
    </FormField>
  );
}

function Rate({ chosen, error, onChange }: ScheduleProps) {
  const units = UNITS.map((unit) => ({ value: unit, label: unit }));
  return (
    <FormField label="Every" errorText={error}>
      <SpaceBetween direction="horizontal" size="xs">
        <Input
          value={chosen.every}
          inputMode="numeric"
          ariaLabel="How many"
          onChange={(event) => onChange({ ...chosen, every: event.detail.value })}
        />
        <Select
          ariaLabel="Of which unit"
          options={units}
          selectedOption={units.find((one) => one.value === chosen.unit) ?? null}
          onChange={(event) => onChange({ ...chosen, unit: event.detail.selectedOption.value as Unit })}
        />
      </SpaceBetween>
    </FormField>
  );
}
