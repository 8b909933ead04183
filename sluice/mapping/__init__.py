"""Mapping: turns a raw record of a stream into one record of the canonical model, or into faults.

It does not fetch, publish or decide what becomes of a faulty record.
"""
