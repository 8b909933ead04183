"""What Sluice needs of the outside world, as protocols; sluice.aws and sluice.local provide it.

object store   bytes by key (S3; a folder; memory)
table          small items by partition and sort key, with versions (DynamoDB; memory)
secrets        credentials by name (Secrets Manager; memory)
topic          messages out (SNS; memory)
queue          messages in, for people and tests that look at a topic (SQS; memory)
workflow       the state machine's executions and task tokens (Step Functions; memory)
schedules      what starts runs by themselves (EventBridge Scheduler; memory)
sender         HTTP (sluice.transport; a script of replies)
clock          time (the system's; a fixed one)
"""
