"""`sluice data`: the lake, which is everything that was published in one place."""
