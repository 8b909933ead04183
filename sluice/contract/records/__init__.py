"""A window of records taken apart: by paths and columns, with what is counted and remembered of each."""
