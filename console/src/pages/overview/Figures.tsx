// How much there is of what: the figures above everything else, each leading to where it stands.

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useNavigate } from "react-router";
import type { Figure } from "./health";
import "./overview.css";

export function Figures({ of }: { of: Figure[] }) {
  const navigate = useNavigate();
  return (
    <Container>
      <dl className="figures">
        {of.map((figure) => (
          <div key={figure.label}>
            <dt>
              {figure.bad && figure.count > 0 ? (
                <StatusIndicator type="warning">{figure.label}</StatusIndicator>
              ) : (
                <Box variant="awsui-key-label">{figure.label}</Box>
              )}
            </dt>
            <dd>
              <Link
                href={figure.to}
                variant="awsui-value-large"
                ariaLabel={`${figure.label}: ${figure.count}`}
                onFollow={(event) => {
                  event.preventDefault();
                  navigate(figure.to);
                }}
              >
                {figure.count.toLocaleString("en")}
              </Link>
            </dd>
          </div>
        ))}
      </dl>
    </Container>
  );
}
