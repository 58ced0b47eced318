"""The server's log: a line of text an event, or a line of JSON for what collects logs."""

import logging
import sys
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

FORMS = ("text", "json")
_TEXT = "%(asctime)s %(levelname)s %(message)s"


def begin(form: str, stream: TextIO | None = None) -> None:
    """Write what this server logs to `stream` (standard error), in one of `FORMS`.

    A line of JSON has `time` (ISO 8601, UTC), `level`, `message`, `mark` where a user was told
    one, and `exc_info` with the traceback of an internal error.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_json() if form == "json" else logging.Formatter(_TEXT))
    log = logging.getLogger("idc_review")
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO)


def _json() -> logging.Formatter:
    return JsonFormatter(
        "%(levelname)s %(message)s", rename_fields={"levelname": "level"}, timestamp="time"
    )
