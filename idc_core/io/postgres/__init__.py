"""A PostgreSQL server in the place of files that several machines would write to.

`address` says where it is and needs no package; all else needs `requirements-postgres.txt`.
`pool` holds the connections, `schema` the tables and their version, `server` the transactions;
`words` says in a sentence what a server complains of.
"""
