"""The lake: every event that was published as rows of Parquet, and what each record is now.

Nothing here knows S3 or SQS: it says which columns there are, where files lie, and what is in them.
"""
