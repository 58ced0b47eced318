"""Where reviews lie: a SQLite file, or a PostgreSQL server. Nothing else asks which of the two."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from idc_core.io.paths import data_root
from idc_core.io.postgres.address import Address, address_from_environment
from idc_core.reviews import file

Where = Path | Address


class Answer(Protocol):
    """Rows of a statement, as a cursor gives them."""

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """What both give within a transaction. Statements are written so that both take them: `?` for
    what is given, no hint that only one knows."""

    def execute(self, statement: str, given: Sequence[Any] = (), /) -> Answer: ...
    def executemany(self, statement: str, given: Sequence[Sequence[Any]], /) -> Any: ...


def default_where() -> Where:
    """The server of `IDC_REVIEWS_URL`, else the file `IDC_REVIEWS`, else `reviews.sqlite` beside
    the data."""
    return address_from_environment() or default_file()


def default_file() -> Path:
    """The file `IDC_REVIEWS`, else `reviews.sqlite` beside the data."""
    named = os.environ.get("IDC_REVIEWS")
    return Path(named) if named else data_root() / "reviews.sqlite"


def is_begun(where: Where) -> bool:
    """Whether there may be reviews; a server is asked when somebody reads them."""
    return isinstance(where, Address) or where.is_file()


def make_ready(where: Where, wait: float) -> None:
    """Make the file or the tables, or check them and bring an older schema up to date."""
    if isinstance(where, Address):
        from idc_core.io.postgres import server

        server.make_ready(where, wait)
    else:
        file.make_ready(where, wait)


@contextmanager
def reading(where: Where, wait: float) -> Iterator[Connection]:
    """A connection that sees one moment; raises `Refusal`."""
    if isinstance(where, Address):
        from idc_core.io.postgres import server

        with server.reading(where) as session:
            yield session
    else:
        with file.reading(where, wait) as connection:
            yield connection


@contextmanager
def writing(where: Where, wait: float) -> Iterator[Connection]:
    """A connection that alone writes; on the disk when the block ends without error."""
    if isinstance(where, Address):
        from idc_core.io.postgres import server

        with server.writing(where, wait) as session:
            yield session
    else:
        with file.writing(where, wait) as connection:
            yield connection


def go_on_after(where: Where, connection: Connection, table: str) -> None:
    """Let rows to come be numbered after those that brought their numbers with them; SQLite does so
    by itself."""
    if isinstance(where, Address):
        from idc_core.io.postgres import server

        server.go_on_after(connection, table)
