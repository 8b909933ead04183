// A table over a listing of the API: loading, errors, emptiness and pages are the same everywhere.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { Trouble } from "./Trouble";
import type { Pages } from "./usePages";

interface Listed<Item> {
  data?: { items: Item[]; next?: string | null };
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

interface ListingProps<Item> {
  title: string;
  /** The query, as `api.useQuery` returns it. */
  query: Listed<Item>;
  columns: TableProps.ColumnDefinition<Item>[];
  idOf: (item: Item) => string;
  empty: ReactNode;
  filter?: ReactNode;
  actions?: ReactNode;
  description?: ReactNode;
  pages?: Pages;
  sorting?: Pick<TableProps<Item>, "sortingColumn" | "sortingDescending" | "onSortingChange">;
  preferences?: ReactNode;
  selection?: Pick<TableProps<Item>, "selectedItems" | "onSelectionChange" | "selectionType">;
}

export function Listing<Item>({ title, query, columns, idOf, empty, pages, ...rest }: ListingProps<Item>) {
  // In place of the rows: what is above them may be what has to be chosen otherwise.
  const trouble =
    query.error && !query.data ? <Trouble error={query.error} retry={() => query.refetch()} /> : null;
  const items = query.data?.items ?? [];
  return (
    <Table
      {...rest.selection}
      {...rest.sorting}
      preferences={rest.preferences}
      items={items}
      columnDefinitions={columns}
      trackBy={idOf}
      loading={query.isPending}
      loadingText={`Loading ${title.toLowerCase()}`}
      empty={trouble || empty}
      filter={rest.filter}
      wrapLines
      variant="container"
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Choose from ${title.toLowerCase()}`,
        allItemsSelectionLabel: () => `Choose all of ${title.toLowerCase()}`,
        itemSelectionLabel: (_, item) => idOf(item),
      }}
      pagination={pages && <Turning pages={pages} next={query.data?.next} />}
      header={
        <Header variant="h2" description={rest.description} actions={rest.actions}>
          {title}
        </Header>
      }
    />
  );
}

// Cursors know no last page: forwards, backwards, and where one is.
function Turning({ pages, next }: { pages: Pages; next?: string | null }) {
  if (pages.index === 1 && !next) {
    return null;
  }
  return (
    <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
      <Button
        iconName="angle-left"
        variant="icon"
        ariaLabel="Previous page"
        disabled={pages.index === 1}
        onClick={pages.back}
      />
      <Box>Page {pages.index}</Box>
      <Button
        iconName="angle-right"
        variant="icon"
        ariaLabel="Next page"
        disabled={!next}
        onClick={() => next && pages.forward(next)}
      />
    </SpaceBetween>
  );
}
