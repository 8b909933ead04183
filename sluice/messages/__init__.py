"""What leaves Sluice: events, notifications, and the identity that makes a repeat recognisable."""
