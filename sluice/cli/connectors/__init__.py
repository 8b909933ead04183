"""`sluice connectors`: the commands about ERPs."""
