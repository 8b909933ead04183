"""How connections get into their ERPs: credentials, sessions, logins that take turns, a person's consent."""
