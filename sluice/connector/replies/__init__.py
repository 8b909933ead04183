"""Replies before their records are looked at: what each means, and how one that is no page is told.

answer     a reply with its JSON, and whether it is JSON at all
verdicts   the connector's rules and the table of statuses -> what the reply means
refusals   that meaning as an error, in words without secrets
waiting    when to come back
redaction  takes secrets out of what an ERP says
"""
