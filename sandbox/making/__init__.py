"""Makes the believable records that a sandbox serves, from what the connector's schemas say of them."""
