// The fields of one entity of a connection: how many records have each, those with gaps first.

import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import Table from "@cloudscape-design/components/table";
import { titleOf } from "../entities";
import { grouped, percent } from "../figures";
import type { Fresh } from "./Freshness";

export function Filled({ of, onClose }: { of: Fresh; onClose: () => void }) {
  const share = (filled: number) => (of.records > 0 ? filled / of.records : 0);
  const rows = Object.entries(of.filled)
    .map(([field, filled]) => ({ field, filled }))
    .sort((one, other) => one.filled - other.filled);
  return (
    <Modal
      visible
      size="large"
      header={`Fields of ${titleOf(of.entity)} in ${of.connection}`}
      onDismiss={onClose}
    >
      <Table
        variant="embedded"
        items={rows}
        trackBy="field"
        ariaLabels={{ tableLabel: "Fields" }}
        header={
          <Box color="text-body-secondary">
            What a mapping does not fill, or the ERP does not tell, comes first.
          </Box>
        }
        columnDefinitions={[
          { id: "field", header: "Field", isRowHeader: true, cell: (row) => titleOf(row.field) },
          { id: "filled", header: "Records that have it", cell: (row) => grouped(String(row.filled)) },
          {
            id: "share",
            header: "Share",
            minWidth: 160,
            cell: (row) => (
              <ProgressBar
                value={share(row.filled) * 100}
                ariaLabel={`${titleOf(row.field)}: ${percent(share(row.filled))}`}
              />
            ),
          },
        ]}
      />
    </Modal>
  );
}
