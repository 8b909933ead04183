"""`sluice changes`: what the ERPs changed, and deciding about it."""
