"""Changes of an API that show on the wire: statuses, headers, formats, logins, paging, filters, counts.

Each stands in a table as a variant with the hooks by which it acts on one request; what the mock ERP asks
them, and when, stands in sandbox.erp.
"""
