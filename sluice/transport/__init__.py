"""HTTP to ERPs: the only place from which a request leaves. Nothing here knows connectors or AWS."""
