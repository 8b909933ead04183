"""Where requests may go: which addresses are of the public internet, and which a deployment adds to them."""
