"""A PostgreSQL server in the place of files that several machines would write to.

`address` says where it is, without any package; `server` holds the pooled connections, the
transactions and the schema (through SQLAlchemy's pool, psycopg and Alembic, which
`requirements-postgres.txt` installs); `words` says in a sentence what a server complains of.
"""
