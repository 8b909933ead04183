"""The lake as it is filled, looked after and read: everything that was published, in one place."""
