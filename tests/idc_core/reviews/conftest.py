"""Where the tests' reviews lie: in a file, and on a server where one is installed."""

from itertools import count
from urllib.parse import quote, urlencode

import pytest

from idc_core.io.postgres.address import Address, address_of

BOTH = ["sqlite", "postgres"]


@pytest.fixture
def new_place(request, tmp_path):
    """Makes an empty place for reviews: `new_place("sqlite")` or `new_place("postgres")`."""
    made = count(1)

    def make(kind):
        if kind == "sqlite":
            return tmp_path / f"{next(made)}" / "reviews.sqlite"
        return address_of(request.getfixturevalue("new_url")())

    return make


@pytest.fixture(params=BOTH)
def where(request, new_place):
    """An empty place: each test that takes it runs once with a file and once with a server."""
    return new_place(request.param)


@pytest.fixture
def named(where):
    """The environment in which a program of its own finds these reviews."""
    if isinstance(where, Address):
        return {"IDC_REVIEWS_URL": _url(where)}
    return {"IDC_REVIEWS": str(where)}


def _url(address):
    """Its address again, as libpq reads it too."""
    given = dict(address.given)
    user, password = given.pop("user"), quote(given.pop("password"), safe="")
    host, port, name = (given.pop(part) for part in ("host", "port", "dbname"))
    return (
        f"postgresql://{user}:{password}@{host}:{port}/{name}?{urlencode(given, quote_via=quote)}"
    )


@pytest.fixture
def statement_on():
    """Has a statement done where reviews lie, behind the back of the log: what it raised, as text,
    or its rows."""
    return _statement_on


def _statement_on(where, statement):
    import sqlite3
    from contextlib import closing

    import psycopg

    if isinstance(where, Address):
        with psycopg.connect(**dict(where.given)) as connection:
            return _said(connection, statement.encode(), psycopg.Error)
    with closing(sqlite3.connect(where)) as connection:
        return _said(connection, statement, sqlite3.Error)


def _said(connection, statement, errors):
    try:
        cursor = connection.execute(statement)
    except errors as refused:
        return str(refused)
    return cursor.fetchall() if cursor.description else []
