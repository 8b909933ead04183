"""Drafts connectors from declarative Airbyte manifests; tells every component that it does not convert."""
