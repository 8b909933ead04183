"""One company over several ERPs: which records mean the same one, how sure that is, and why.

Nothing is merged and nothing is changed: what comes out is a list for people to judge.
"""
