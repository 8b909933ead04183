import { Empty } from "../../parts/Empty";
import { GoButton } from "../../parts/Go";
import { Page } from "../../parts/Page";

export function NoSuchEntity({ name }: { name: string }) {
  return (
    <Page title="No such table">
      <Empty title={`There is no table ${name}`} action={<GoButton to="/data/tables">All tables</GoButton>} />
    </Page>
  );
}
