// One record: all its fields as they are now, and every version of it with the run that brought it.

import Alert from "@cloudscape-design/components/alert";
import { useParams } from "react-router";
import { api, type Model } from "../../../api/client";
import { Loading } from "../../../parts/Loading";
import { Page } from "../../../parts/Page";
import { Trouble } from "../../../parts/Trouble";
import { type Field, keyOf, sourceOf, titleOf, useEntities } from "../entities";
import { namedBy } from "../tables/columns";
import { Contents } from "./Contents";
import { History } from "./History";

export function RecordPage() {
  const { entity = "", id = "" } = useParams();
  const entities = useEntities();
  const query = api.useQuery("get", "/data/entities/{entity}/records/{record}", {
    params: { path: { entity, record: keyOf(id) } },
  });
  if (query.data === undefined || entities.isPending) {
    return query.error === null ? (
      <Loading what="the record" />
    ) : (
      <Page title={sourceOf(id)}>
        <Trouble error={query.error} retry={() => query.refetch()} />
      </Page>
    );
  }
  const fields = entities.data?.items.find((one) => one.entity === entity)?.fields ?? [];
  return <Shown of={query.data} fields={fields} />;
}

function Shown({ of, fields }: { of: Model<"RecordModel">; fields: Field[] }) {
  const name = of.data[namedBy(fields)];
  const title = typeof name === "string" && name ? name : of.source_id;
  return (
    <Page
      title={title}
      description={`${titleOf(of.entity)} ${of.source_id} of ${of.connection} (${of.connector})`}
    >
      {of.deleted && (
        <Alert type="warning" header="It is gone from the ERP">
          Its fields are those of its last version. The history keeps it.
        </Alert>
      )}
      <Contents of={of.data} fields={fields} />
      <History of={of} />
    </Page>
  );
}
