"""Sluice pulls records out of ERP systems, checks them, and hands them on in one canonical model."""
