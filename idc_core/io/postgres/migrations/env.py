"""How Alembic reaches the database: through the connection that it is handed, in its transaction.

To add a version: a file in `versions/` whose `down_revision` is the one before, and its number in
`schema.VERSION`.
"""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
context.run_migrations()
