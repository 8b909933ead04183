"""Whether the records of a page keep what was asked for: the declared order, and the filter that was sent.

values        days and comparable forms of raw values, and how an example is shown without its content
order         neighbouring records out of the declared order
filters       records outside the window or before the watermark
shifts        a list that moved while it was read
only          records of the list that are not this stream's
row_versions  the highest row version, and records without one or below the one asked from
tombstones    the list of what was deleted, and what a page of it comes to
"""
