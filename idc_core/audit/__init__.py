"""Who did what on a shared server, in a log that shows whether it was changed afterwards.

`log.py` is what the server writes to and what reads it; `file.py` keeps it in a file, `server.py`
on a PostgreSQL server, `where.py` says in which of the two; `chain.py` follows it.
"""
