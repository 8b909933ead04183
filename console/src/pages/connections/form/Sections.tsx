// The sections of the form, in the order in which a person decides.

import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { BeforeAuthorising, isAuthorisedInBrowser, WRITTEN } from "./BeforeAuthorising";
import type { Draft } from "./draft";
import { type Field, inOrder } from "./fields";
import { PolicyField } from "./PolicyField";
import { ScheduleField } from "./ScheduleField";
import { SecretField } from "./SecretField";
import { SettingField } from "./SettingField";
import { StreamsField } from "./StreamsField";

export interface SectionsProps {
  draft: Draft;
  connector: Model<"ConnectorModel">;
  fields: Field[];
  stored: string[] | undefined;
  /** What is wrong at a JSON pointer of the request, if it may be said already. */
  wrong: (pointer: string) => string | undefined;
  onChange: (changed: Partial<Draft>) => void;
  onLeave: (pointer: string) => void;
}

export function Sections(props: SectionsProps) {
  const { draft, connector, stored, wrong, onChange, onLeave } = props;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{connector.title}</Header>}>
        <SpaceBetween size="l">
          {stored === undefined && (
            <FormField
              label="Name of the connection"
              constraintText="2 to 40 of a-z, 0-9 and '-', a letter first. It names the customer, and stays."
              errorText={wrong("/name")}
            >
              <Input
                value={draft.name}
                spellcheck={false}
                autoComplete={false}
                onChange={(event) => onChange({ name: event.detail.value })}
                onBlur={() => onLeave("/name")}
              />
            </FormField>
          )}
          <Settings {...props} />
        </SpaceBetween>
      </Container>
      <Secrets {...props} />
      <Container header={<Header variant="h2">Streams</Header>}>
        <StreamsField
          known={connector.streams}
          chosen={draft.streams}
          error={draft.streams?.length === 0 ? "choose at least one" : wrong("/streams")}
          onChange={(streams) => onChange({ streams })}
        />
      </Container>
      <Container header={<Header variant="h2">Schedule</Header>}>
        <ScheduleField
          chosen={draft.schedule}
          error={wrong("/schedule")}
          onChange={(schedule) => onChange({ schedule })}
        />
      </Container>
      <ExpandableSection variant="container" headerText="Seldom set">
        <PolicyField
          draft={draft}
          errors={{ policy: wrong("/policy"), events: wrong("/events_per_message") }}
          onChange={onChange}
        />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Settings({ draft, fields, wrong, onChange, onLeave }: SectionsProps) {
  const { first, rest } = inOrder(fields);
  const [isOpen, setOpen] = useState(false);
  const faulty = rest.some((field) => wrong(`/settings/${field.name}`) !== undefined);
  const setting = (field: Field) => (
    <SettingField
      key={field.name}
      field={field}
      value={draft.settings[field.name] ?? ""}
      error={wrong(`/settings/${field.name}`)}
      onChange={(value) => onChange({ settings: { ...draft.settings, [field.name]: value } })}
      onLeave={() => onLeave(`/settings/${field.name}`)}
    />
  );
  return (
    <SpaceBetween size="l">
      {first.map(setting)}
      {rest.length > 0 && (
        <ExpandableSection
          headerText={`More settings (${rest.length})`}
          headerDescription="They mostly stay as they are."
          expanded={isOpen || faulty}
          onChange={(event) => setOpen(event.detail.expanded)}
        >
          <SpaceBetween size="l">{rest.map(setting)}</SpaceBetween>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

function Secrets({ draft, connector, stored, wrong, onChange, onLeave }: SectionsProps) {
  const byBrowser = isAuthorisedInBrowser(connector);
  const secrets = Object.entries(connector.secrets).filter(([name]) => !(byBrowser && name === WRITTEN));
  if (secrets.length === 0) {
    return null;
  }
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              They are stored in the secret store and never shown again. What each is and where to find it,
              says <Go to={`/connectors/${connector.name}`}>the connector's page</Go>.
            </>
          }
        >
          Secrets
        </Header>
      }
    >
      <SpaceBetween size="l">
        {byBrowser && <BeforeAuthorising />}
        {secrets.map(([name, about]) => (
          <SecretField
            key={name}
            name={name}
            about={about}
            isStored={stored?.includes(name) ?? false}
            value={draft.secrets[name] ?? ""}
            error={wrong(`/secrets/${name}`)}
            onChange={(value) => onChange({ secrets: { ...draft.secrets, [name]: value } })}
            onLeave={() => onLeave(`/secrets/${name}`)}
          />
        ))}
      </SpaceBetween>
    </Container>
  );
}
