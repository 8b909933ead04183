"""One stream read by many requests: by windows of days, by the records of a list, below other records."""
