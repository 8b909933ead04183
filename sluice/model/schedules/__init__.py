"""Schedules as AWS writes them: `cron(...)` and `rate(...)`. Nothing here starts anything."""
