"""Mappings written out as Python, for records whose shape is known."""
