"""An audit log on a PostgreSQL server: the same lines, each with the digest of the line before.

Line and closing count are written in one transaction, one writer after the other, so that none is
ever left uncounted. Whoever keeps the server can write both anew (SECURITY.md).
"""

from collections.abc import Iterator

from idc_core.audit.chain import entry_in, followed
from idc_core.audit.log import Checked, Entry
from idc_core.audit.where import LOG
from idc_core.io import record
from idc_core.io.postgres import logs
from idc_core.io.postgres.address import Address
from idc_core.io.postgres.server import reading, writing


class ServerLog:
    """The log in the database `address`; many processes and machines may write."""

    def __init__(self, address: Address, wait: float = 10.0) -> None:
        self.address = address
        self._wait = wait

    def append(self, entry: Entry) -> None:
        """Add an entry; see `AuditLog.append`."""
        logs.make_ready(self.address)
        with writing(self.address, self._wait) as session:
            before = logs.head(session, LOG)
            line = record.line(record.replace(entry, previous=before.last))
            logs.add(session, LOG, [line])

    def entries(self) -> Iterator[Entry]:
        """All entries; see `AuditLog.entries`."""
        if not logs.is_begun(self.address):
            return
        with reading(self.address) as session:
            for number, line in enumerate(logs.lines_in(session, LOG), start=1):
                yield entry_in(line, f"line {number} of the audit log in {self.address}")

    def stamp(self) -> str:
        """What changes with every entry; see `AuditLog.stamp`."""
        if not logs.is_begun(self.address):
            return ""
        with reading(self.address) as session:
            return repr((self.address, logs.head(session, LOG)))

    def check(self) -> Checked:
        """Follow the log; see `AuditLog.check`."""
        if not logs.is_begun(self.address):
            return Checked(0)
        with reading(self.address) as session:
            head = logs.head(session, LOG)
            return followed(logs.lines_in(session, LOG), head.lines, head.last, uncounted=0)
