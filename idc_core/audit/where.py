"""Where the audit log lies: in the file that is named, on the server, or in the data's folder."""

from pathlib import Path

from idc_core.audit.file import FileLog
from idc_core.audit.log import AuditLog
from idc_core.io.paths import data_root
from idc_core.io.postgres.address import address_from_environment

NAME = "audit.jsonl"
LOG = "audit"
"""Its name among the logs of a server."""


def log_in(named: Path | None = None) -> AuditLog:
    """The log in the file `named`; without one on the server of `IDC_REVIEWS_URL`, and without that
    in `audit.jsonl` beside the data."""
    server = address_from_environment() if named is None else None
    if server is None:
        return FileLog(named or default_file())
    from idc_core.audit.server import ServerLog  # only a server needs its driver

    return ServerLog(server)


def default_file() -> Path:
    """Where it lies without a server, and where entries from before there was one lie."""
    return data_root() / NAME
