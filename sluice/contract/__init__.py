"""What an observed change means: which differences are known, and what is done about each."""
