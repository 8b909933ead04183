"""OData metadata: CSDL in XML (versions 2 to 4) and in JSON (version 4)."""
