"""Where a PostgreSQL server is: an address that is checked, and said without its password."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from idc_core.io.refusal import Refusal

VARIABLE = "IDC_REVIEWS_URL"
_SHAPE = "postgresql://USER:PASSWORD@HOST:5432/DATABASE"


@dataclass(frozen=True)
class Address:
    """A database on a server; `given` holds what libpq takes, the password too, and is not shown.

    Two addresses are the same if all of `given` is.
    """

    given: tuple[tuple[str, str], ...] = field(repr=False)
    name: str = field(compare=False)
    """As it may be said: host, port and database."""

    def __str__(self) -> str:
        return self.name


def address_of(url: str) -> Address:
    """The server in a `postgresql://` address.

    Raises `Refusal`, which never repeats what was given: a part of it may be a password.

    >>> str(address_of("postgresql://ada:p%40ss@db.example:5433/reviews?sslmode=require"))
    'db.example:5433/reviews'
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, unquote(parts.hostname or "")
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise _no_address() from None
    if parts.scheme not in ("postgresql", "postgres") or parts.fragment:
        raise _no_address()
    named = {
        "host": host,
        "port": str(port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.lstrip("/")),
    }
    given = {name: text for name, text in named.items() if text} | dict(query)
    return Address(tuple(sorted(given.items())), _name(given))


def address_from_environment() -> Address | None:
    """The server that `IDC_REVIEWS_URL` names; None where it names none."""
    url = os.environ.get(VARIABLE, "").strip()
    return address_of(url) if url else None


def _name(given: Mapping[str, str]) -> str:
    place = given.get("host", "this machine")
    port = f":{given['port']}" if "port" in given else ""
    return f"{place}{port}/{given.get('dbname') or given.get('user') or ''}".rstrip("/")


def _no_address() -> Refusal:
    return Refusal(
        f"expected an address like {_SHAPE} in {VARIABLE}: it cannot be read as one (it is not "
        "repeated here, as it may hold a password). In user and password write @ as %40, : as %3A, "
        "/ as %2F, # as %23, ? as %3F and % as %25."
    )
