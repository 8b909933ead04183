import { api } from "../api/client";
import { Choice } from "./Choice";

const MOST = 200;

/** A connection to filter by, or every one. */
export function ConnectionChoice({
  value,
  onChoose,
  none = "Every connection",
}: {
  value: string;
  onChoose: (name: string) => void;
  none?: string;
}) {
  const { data } = api.useQuery(
    "get",
    "/connections",
    { params: { query: { limit: MOST } } },
    { staleTime: 30_000 },
  );
  const names = data?.items.map((one) => one.name) ?? [];
  const options = value && !names.includes(value) ? [value, ...names] : names;
  return <Choice label="Connection" none={none} options={options} value={value} onChoose={onChoose} />;
}
