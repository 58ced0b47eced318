"""`worker`: does the long work that pages ask for."""

import logging
import sys

from idc_core.cli.console import KEEP, app, say
from idc_core.io.paths import jobs_root


@app.command(rich_help_panel=KEEP)
def worker() -> None:
    """Do the long work that pages of the dashboard ask for, until stopped: one job after the other,
    and one training after the other beside them.

    `make dashboard` starts one beside the server. What waits and what it found outlives both.
    """
    from idc_core.jobs.worker import serve

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    root = jobs_root()
    serve(root, lambda: say(f"The worker is ready: it works off {root}. Ctrl+C ends it."))
