"""The structural judges: what a path or a record shows against what is known, without any statistics."""
