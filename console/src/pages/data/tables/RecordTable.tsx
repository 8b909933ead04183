// The records of an entity as they are now: filtered, sorted and paged by the API, however many there are.

import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import { useParams } from "react-router";
import { api } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Listing } from "../../../parts/Listing";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { useFilters } from "../../../parts/useFilters";
import { usePages } from "../../../parts/usePages";
import { type Entity, type Field, useEntities } from "../entities";
import { grouped } from "../figures";
import { NoSuchEntity } from "../NoSuchEntity";
import { columnsOf, namedBy, usualFields } from "./columns";
import { read, written } from "./conditions";
import { Export } from "./Export";
import { RecordFilter } from "./RecordFilter";
import { useShown } from "./useShown";

const SIZE = 50;

export function RecordTable() {
  const { entity = "" } = useParams();
  const entities = useEntities();
  if (entities.isPending) {
    return <Loading what="the table" />;
  }
  if (entities.data === undefined) {
    return <Trouble error={entities.error} retry={() => entities.refetch()} />;
  }
  const found = entities.data.items.find((one) => one.entity === entity);
  return found ? <Records key={entity} of={found} /> : <NoSuchEntity name={entity} />;
}

function Records({ of }: { of: Entity }) {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const [shown, choose] = useShown(of.entity, usualFields(of.fields));
  const sort = filters.get("sort") || "event_time";
  const descending = (filters.get("order") || "desc") === "desc";
  const asked = { text: filters.get("q"), conditions: read(filters.get("filter")) };
  const query = api.useQuery(
    "get",
    "/data/entities/{entity}/records",
    {
      params: {
        path: { entity: of.entity },
        query: {
          limit: SIZE,
          cursor: pages.cursor,
          q: asked.text || undefined,
          filter: written(asked.conditions),
          sort,
          order: descending ? "desc" : "asc",
          fields: shown,
          total: true,
        },
      },
    },
    { placeholderData: (before) => before },
  );
  return (
    <Page title={of.title} description={of.description} actions={<Export entity={of} asked={asked} />}>
      <Listing
        title="Records"
        query={query}
        columns={columnsOf(of.entity, of.fields, shown)}
        idOf={(one) => one.key}
        pages={pages}
        description={<Total of={query.data?.total} />}
        filter={<RecordFilter of={of} asked={asked} />}
        sorting={{
          sortingColumn: { sortingField: sort },
          sortingDescending: descending,
          onSortingChange: ({ detail }) =>
            filters.setAll({
              sort: detail.sortingColumn.sortingField ?? "",
              order: detail.isDescending ? "desc" : "asc",
            }),
        }}
        preferences={<Columns fields={of.fields} shown={shown} onChoose={choose} />}
        empty={<Empty title="No record fits" hint="Take a condition away, or ask for another one." />}
      />
    </Page>
  );
}

function Total({ of }: { of: number | null | undefined }) {
  return of === null || of === undefined ? null : <>{grouped(String(of))} altogether</>;
}

function Columns({
  fields,
  shown,
  onChoose,
}: {
  fields: Field[];
  shown: string[];
  onChoose: (names: string[]) => void;
}) {
  const name = namedBy(fields);
  const selectable = fields.filter((field) => field.selectable);
  const order = [...new Set([...shown, ...selectable.map((field) => field.name)])];
  return (
    <CollectionPreferences
      title="Columns"
      preferences={{
        contentDisplay: order.map((id) => ({ id, visible: id === name || shown.includes(id) })),
      }}
      contentDisplayPreference={{
        title: "Columns",
        description: "Which fields are shown, and in which order.",
        enableColumnFiltering: true,
        options: selectable.map((field) => ({
          id: field.name,
          label: field.title,
          alwaysVisible: field.name === name,
        })),
      }}
      onConfirm={({ detail }) =>
        onChoose((detail.contentDisplay ?? []).filter((one) => one.visible).map((one) => one.id))
      }
    />
  );
}
