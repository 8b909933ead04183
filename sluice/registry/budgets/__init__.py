"""Budgets of requests, shared by every process that speaks to a vendor for the same sharers.

places     the arithmetic: places that are held, used, and free again
account    one limit in the table, as one sender sees it
sending    a Sender that sends nothing without a place
"""
