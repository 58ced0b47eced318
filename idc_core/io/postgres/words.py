"""What a server complains of, in one sentence with the cure and without the password."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error, OperationalError, errors
from sqlalchemy import exc

from idc_core.io.postgres.address import VARIABLE, Address
from idc_core.io.refusal import Uncertain, Unreachable

_KEPT = "Nothing was stored."
_ENDED = "57P"
"""What a server says as it stops."""
_Full = (errors.DiskFull, errors.OutOfMemory, errors.TooManyConnections)


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turns what the server, the driver and the pool say into `Unreachable`."""
    try:
        yield
    except (Error, exc.SQLAlchemyError) as broken:
        raise Unreachable(_reason(address, broken)) from None


@contextmanager
def committing(address: Address) -> Iterator[None]:
    """The same for the moment of storing: where the connection breaks, nobody knows the outcome,
    which is `Uncertain`."""
    try:
        yield
    except OperationalError as broken:
        if broken.sqlstate and not broken.sqlstate.startswith(_ENDED):
            raise  # the server itself says that it took it back
        raise Uncertain(
            f"expected {address} to confirm what it was to store: the connection broke at that "
            "moment. Whether it is stored is not known; look at it again before you send it again."
        ) from None


def _reason(address: Address, broken: BaseException) -> str:
    if isinstance(broken, exc.TimeoutError):
        return (
            f"expected a free connection to {address}: all of this program's are in use. "
            f"{_KEPT} Try again."
        )
    said = getattr(broken, "orig", None) or broken
    text = _masked(address, str(said))
    if isinstance(said, errors.LockNotAvailable):
        return f"expected to write to {address}: another process holds it. Try again. {_KEPT}"
    if isinstance(said, errors.InsufficientPrivilege | errors.ReadOnlySqlTransaction):
        return (
            f"expected to write to {address}: its user may not ({text}). {_KEPT} Ask whoever keeps "
            "the server for the right."
        )
    if isinstance(said, errors.UndefinedTable):
        return (
            f"expected the tables of the reviews in {address}: they are gone. {_KEPT} Put back a "
            "backup, or start the dashboard again to begin anew."
        )
    if isinstance(said, _Full):
        return f"expected room on the server {address}: it has none ({text}). {_KEPT} Try again."
    if isinstance(said, OperationalError):
        return (
            f"expected the PostgreSQL server {address}: it cannot be reached or does not let this "
            f"program in ({text}). {_KEPT} See that it runs and that {VARIABLE} is right, then try "
            "again."
        )
    return f"expected reviews in {address}: they cannot be used ({text}). {_KEPT}"


def _masked(address: Address, text: str) -> str:
    """The first line, short, without the password, should a driver ever repeat it."""
    line = (text.strip().splitlines() or ["no reason given"])[0]
    password = dict(address.given).get("password", "")
    return (line.replace(password, "…") if password else line)[:200].rstrip(".")
