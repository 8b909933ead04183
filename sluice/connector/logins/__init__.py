"""Logging in: what a login's reply holds, and the signed assertion that a token request may carry."""
