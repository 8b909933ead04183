"""A long history through `backfill` on the embedded AWS: time and memory by how long it is."""
