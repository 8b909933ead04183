"""What every error name means and what to do about it: the one text of commands, API, notices and page."""
