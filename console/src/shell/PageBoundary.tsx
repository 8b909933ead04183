// A page that breaks takes nothing else with it.

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { Component, type ReactNode } from "react";

interface State {
  broken: string | null;
}

export class PageBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { broken: null };

  static getDerivedStateFromError(error: unknown): State {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.broken === null) {
      return this.props.children;
    }
    return (
      <Alert
        type="error"
        header="This page broke"
        action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      >
        {this.state.broken}
      </Alert>
    );
  }
}
