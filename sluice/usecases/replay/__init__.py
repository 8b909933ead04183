"""Replays: raw records that were held or set aside go through the transformer again, without the ERP."""
