"""The connector engine: plans requests to an ERP and reads its replies, from a description in YAML.

It is sans-I/O: nothing here opens a connection, sleeps, or knows AWS.

load       connectors/<name>/*.yaml -> Connector, or every fault in them
settings   a connection's settings, completed and checked
selection  which raw fields to ask for
reader     StreamReader: the next request, and what its reply means
building   the parts of a connector, out of its YAML
logins     what a login's reply comes to, and signed assertions
authorization  how a person lets us in with a browser
replies    what a reply means before its records are looked at
checks     whether records keep the order and the filters that were asked for
facts      what the replies of a reading show beside their records
"""
