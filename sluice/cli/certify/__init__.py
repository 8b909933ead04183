"""`sluice connectors certify`: a connector proved against a mock of its ERP, on the embedded AWS."""
