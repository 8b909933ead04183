"""Watching what vendors say of their APIs: read, compared with before, and told ahead of time.

It holds no stream and decides nothing: what an ERP really answers is judged where it is read.
"""
