"""What of a stream is relied on, what its sweeps showed, and what is learnt and judged of that."""
