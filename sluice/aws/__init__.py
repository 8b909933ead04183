"""AWS behind the ports: the only place where boto3 is imported, with sluice.local's embedded AWS.

Clients come from outside (session.py makes them); constructors take names and ARNs. What a port names
as an exception is translated here; any other answer of AWS passes as it is.
"""
