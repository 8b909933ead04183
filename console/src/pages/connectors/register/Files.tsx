// The files as they would be registered: each can be looked at and edited, with what is wrong in it.

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import type { Fault } from "../../../api/problem";
import { Faults } from "../../../parts/Trouble";
import { fileOf, type Package } from "./package";
import "./register.css";

interface FilesProps {
  files: Package["files"];
  faults: Fault[];
  onChange: (files: Package["files"]) => void;
}

export function Files({ files, faults, onChange }: FilesProps) {
  const paths = Object.keys(files).sort();
  const faulty = new Set(faults.map((one) => fileOf(one.pointer)));
  const [open, setOpen] = useState(paths.find((path) => faulty.has(path)) ?? paths[0] ?? "");
  const options = paths.map((path) => ({
    value: path,
    label: path,
    ...(faulty.has(path) ? { iconName: "status-warning" as const, labelTag: "has faults" } : {}),
  }));
  const here = faults.filter((one) => fileOf(one.pointer) === open);
  const rest = faults.filter((one) => fileOf(one.pointer) === null);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${paths.length})`}
          description="What you change here is what is registered."
        >
          Files
        </Header>
      }
    >
      <SpaceBetween size="m">
        {rest.length > 0 && (
          <Alert type="error">
            <Faults of={rest} />
          </Alert>
        )}
        <FormField label="File" stretch>
          <Select
            options={options}
            filteringType={paths.length > 12 ? "auto" : "none"}
            selectedOption={options.find((one) => one.value === open) ?? null}
            onChange={(event) => setOpen(event.detail.selectedOption.value ?? "")}
          />
        </FormField>
        <FormField
          label={open}
          errorText={here.length > 0 && here.map((one) => one.detail).join("; ")}
          stretch
        >
          <div className="file">
            <Textarea
              value={files[open] ?? ""}
              rows={20}
              spellcheck={false}
              onChange={(event) => onChange({ ...files, [open]: event.detail.value })}
            />
          </div>
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
