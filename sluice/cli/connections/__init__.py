"""`sluice connections`: which customers' ERPs are read, and when."""
