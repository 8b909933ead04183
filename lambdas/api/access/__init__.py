"""How connections get into their ERPs: a person agrees in a browser, or tries what was given."""
