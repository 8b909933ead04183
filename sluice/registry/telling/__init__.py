"""What people are told: to whom it goes, what went out, and what vendors announce."""
