"""The same records read by `sluice pull`, by a script by hand and by other tools, side by side."""
