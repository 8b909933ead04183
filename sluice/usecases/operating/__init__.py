"""What people who operate Sluice look at and do: runs, quarantine, topics, the overview, the audit."""
