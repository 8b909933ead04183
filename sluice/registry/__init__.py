"""What is kept about connections, cursors, leases, runs and incidents, on the table port."""
