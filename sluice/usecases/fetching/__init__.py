"""Reading streams: pages become raw chunks, within budgets of time and of the ERP."""
