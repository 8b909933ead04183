// What needs a person first, each with a link to where it is dealt with.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { Go, GoButton } from "../../parts/Go";
import { type Matter, placeOf, titleOf, wordsOf } from "./matters";
import "./overview.css";

const SHOWN = 8;

export function Matters({ first }: { first: Matter[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? first : first.slice(0, SHOWN);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={first.length > 0 ? `(${first.length})` : undefined}
          description={first.length > 0 ? "The most urgent first." : undefined}
        >
          What needs you first
        </Header>
      }
    >
      {first.length === 0 ? (
        <StatusIndicator type="success">
          Nothing needs a person. Everything else goes on by itself.
        </StatusIndicator>
      ) : (
        <ol className="matters">
          {shown.map((matter) => (
            <Row key={`${matter.need} ${matter.target} ${matter.stream}`} matter={matter} />
          ))}
        </ol>
      )}
      {first.length > SHOWN && (
        <Button variant="link" onClick={() => setAll(!all)}>
          {all ? "Show the most urgent only" : `Show all ${first.length}`}
        </Button>
      )}
    </Container>
  );
}

function Row({ matter }: { matter: Matter }) {
  const words = wordsOf(matter.need);
  const place = placeOf(matter.target);
  return (
    <li className="matter">
      <div className="matter-words">
        <StatusIndicator type={words.weight}>{titleOf(matter)}</StatusIndicator>
        <div className="matter-reason" title={matter.reason}>
          <Box color="text-body-secondary">
            {matter.connection && (
              <>
                <Go to={`/connections/${encodeURIComponent(matter.connection)}`}>{matter.connection}</Go>:{" "}
              </>
            )}
            {matter.reason}
          </Box>
        </div>
      </div>
      {place && <GoButton to={place}>{words.action}</GoButton>}
    </li>
  );
}
