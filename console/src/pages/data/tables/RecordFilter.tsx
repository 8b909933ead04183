// The filter above a table: a text, or conditions on fields. It lives in the address.

import PropertyFilter from "@cloudscape-design/components/property-filter";
import { useFilters } from "../../../parts/useFilters";
import type { Entity } from "../entities";
import { type Asked, askedBy, optionsOf, propertiesOf, tokensOf, written } from "./conditions";

export function RecordFilter({ of, asked }: { of: Entity; asked: Asked }) {
  const filters = useFilters();
  return (
    <PropertyFilter
      query={{ tokens: tokensOf(asked), operation: "and" }}
      filteringProperties={propertiesOf(of.fields)}
      filteringOptions={optionsOf(of.fields, Object.keys(of.connections))}
      filteringPlaceholder="Find by name, number or a field"
      filteringAriaLabel="Find records"
      filteringEmpty="Write a value"
      hideOperations
      expandToViewport
      onChange={({ detail }) => {
        const { text, conditions } = askedBy(detail.tokens);
        filters.setAll({ q: text, filter: written(conditions) ?? "" });
      }}
    />
  );
}
