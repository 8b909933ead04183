"""Documents that are made from the code and the schemas: the functions, the canonical model, AsyncAPI.

``python -m sluice.mapping.documentation`` writes them; a test fails where one is out of date.
"""
