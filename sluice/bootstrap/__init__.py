"""The composition root: which adapters stand behind which port. The only place that knows them all.

Each module imports what its own users need, and no more: whoever starts a process pays for every import.
"""
