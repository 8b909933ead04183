"""The HTTP API: a file for each resource, and what all of them share. The work is in sluice.usecases.

serving    one event in, one answer out: who asks, whether they may, what was wrong
routing    how a resource declares its operations, so that the OpenAPI document says all of them
roles      the lowest group that may call each operation
problems   every error as application/problem+json (RFC 9457)
paging     cursors
etags      entity tags, and If-Match
document   the OpenAPI document
"""
