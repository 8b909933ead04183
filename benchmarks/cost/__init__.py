"""What runs cost, metered on the embedded AWS."""
