"""The Lambda handlers: thin, one file per Task state or trigger; the work is in sluice.usecases."""
