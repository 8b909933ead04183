"""The data: what every ERP published, as tables, comparisons and charts over the lake.

reading      the lake of this execution environment, and the parameters that several operations share
records      entities, their records, one with its history, and exports
comparisons  two connections held against each other, and companies that are in several
measures     freshness, and charts over time
"""
