"""The vendor's authorisation server: gives access tokens to clients, and codes to browsers (RFC 6749).

server   the token endpoint and the page that sends a browser back with a code
grants   refresh tokens and codes: which are good, which are spent
proofs   the private key that a sandbox gives out, and whether an assertion was signed with it
"""
