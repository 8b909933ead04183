"""Turns the YAML of a connector's files, already in the form their schemas demand, into a Connector.

Faults pile up in the ValueReader, so that all of them are told at once.
"""
