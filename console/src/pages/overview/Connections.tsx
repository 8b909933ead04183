// Every connection's health, those first that need a person.

import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import type { Model } from "../../api/client";
import { useMe } from "../../api/me";
import { Empty } from "../../parts/Empty";
import { GoButton } from "../../parts/Go";
import { columnsOf } from "./columns";
import { sorted } from "./health";

const ON_A_PAGE = 25;

export function Connections({ overview }: { overview: Model<"OverviewModel"> }) {
  const [text, setText] = useState("");
  const [page, setPage] = useState(1);
  const wanted = text.trim().toLowerCase();
  const found = sorted(overview).filter((one) =>
    `${one.connection} ${one.connector}`.toLowerCase().includes(wanted),
  );
  const pages = Math.max(1, Math.ceil(found.length / ON_A_PAGE));
  const shown = Math.min(page, pages);
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${overview.connections.length})`}>
          Connections
        </Header>
      }
      items={found.slice((shown - 1) * ON_A_PAGE, shown * ON_A_PAGE)}
      columnDefinitions={columnsOf(overview)}
      trackBy="connection"
      wrapLines
      stickyColumns={{ first: 1 }}
      ariaLabels={{ tableLabel: "Health of the connections" }}
      empty={
        overview.connections.length === 0 ? <NoConnections /> : <Empty title="No connection is called that" />
      }
      filter={
        overview.connections.length > ON_A_PAGE / 2 && (
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find a connection"
            filteringAriaLabel="Find a connection"
            filteringClearAriaLabel="Clear"
            countText={wanted ? `${found.length} found` : ""}
            onChange={(event) => setText(event.detail.filteringText)}
          />
        )
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={shown}
            pagesCount={pages}
            onChange={(event) => setPage(event.detail.currentPageIndex)}
          />
        )
      }
    />
  );
}

function NoConnections() {
  const { may } = useMe();
  const mayAdd = may("POST /connections");
  return (
    <Empty
      title="No connection yet"
      hint={
        mayAdd
          ? "A connection says which ERP of whom is read, when, and which streams. Add the first one; without an ERP at hand, the command sluice demo adds one to a sandbox."
          : "A connection says which ERP of whom is read. Somebody in the group operator can add one."
      }
      action={mayAdd && <GoButton to="/connections">Go to the connections</GoButton>}
    />
  );
}
