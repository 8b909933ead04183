// The entities of the lake and their fields: what every view of the data is made from.

import { api, type Model } from "../../api/client";

export type Entity = Model<"EntityModel">;
export type Field = Model<"EntityField">;

const KEPT = 30_000;

export const useEntities = () => api.useQuery("get", "/data/entities", {}, { staleTime: KEPT });

/** Returns what a field of an entity is called: "postal_address.city" is "Postal address, city". */
export function useTitles(entity: string): (name: string) => string {
  const { data } = useEntities();
  const fields = data?.items.find((one) => one.entity === entity)?.fields ?? [];
  return (name) => {
    const [first = "", ...parts] = name.split(".");
    const title = fields.find((one) => one.name === first)?.title ?? titleOf(first);
    return [title, ...parts.map((part) => part.replaceAll("_", " "))].join(", ");
  };
}

/** Where a record's page is: its id is `<connection>/<entity>/<source id>`, whatever signs the last has. */
export const placeOf = (entity: string, id: string) => `/data/tables/${entity}/${encodeURIComponent(id)}`;

/** An id as paths of the API hold it: base64url of its UTF-8, without padding. */
export function keyOf(id: string): string {
  const bytes = Array.from(new TextEncoder().encode(id), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What of an id people know: the source id. */
export const sourceOf = (id: string) => id.split("/").slice(2).join("/") || id;

/** What entities are called in a choice: "supplier_invoice" is "Supplier invoice". */
export const titleOf = (entity: string) => {
  const words = entity.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
