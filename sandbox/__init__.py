"""Mock ERPs generated from connectors: the same description that Sluice reads by, turned around.

A sandbox holds believable records, demands what the vendor demands (login, paging, windows, fields), and to
order misbehaves and changes its API. It knows no ERP by name; whatever is particular stands in the
connector's YAML.
"""
