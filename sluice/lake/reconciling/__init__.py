"""The lake against another reading of the same records: sums by month, and the records that differ."""
