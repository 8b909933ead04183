"""How well API changes are noticed: clean runs, mutations and decoys, on three connectors.

It measures the detectors through their public interface and knows nothing of how they work.
"""
