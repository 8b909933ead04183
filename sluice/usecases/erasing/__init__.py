"""A person's record is erased: from what is stored, and for good."""
