"""Values that every layer shares: frozen, without behaviour that needs the outside world."""
