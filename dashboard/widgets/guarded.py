"""What goes wrong while a page is drawn is said in a sentence: no traceback reaches a user."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st

from dashboard.access import now
from dashboard.state import view
from dashboard.state.meter import METER
from dashboard.widgets import empty
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Unlabelled

P = ParamSpec("P")


@contextmanager
def guarded(what: str) -> Iterator[None]:
    """Say a refusal as it stands, and of anything else that it is an internal error of `what`."""
    try:
        yield
    except Unlabelled as refusal:
        METER.refusals.labels("page").inc()
        empty.show(str(refusal))
        view.link("patients", "Review the patches", icon=":material/grid_view:")
    except Refusal as refusal:
        METER.refusals.labels("page").inc()
        empty.show(str(refusal))
    except Exception:
        mark = uuid.uuid4().hex[:8]
        METER.failures.labels("page").inc()
        log = logging.getLogger("idc_review")
        log.exception("%s failed, mark %s", what, mark, extra={"mark": mark})
        empty.show(
            f"Internal error (ID {mark}). Reload the page, or open another from the sidebar. The "
            "server's log has the details under this ID."
        )


def fragment(*, run_every: float | None = None) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """`st.fragment` that says its errors: redrawn alone, it is outside the guard of its page."""

    def made(draw: Callable[P, None]) -> Callable[P, None]:
        @st.fragment(run_every=run_every)
        @wraps(draw)
        def part(*args: P.args, **kwargs: P.kwargs) -> None:
            if not now.stays(now.here()):
                st.rerun()  # the whole page, which shows the way in
            with guarded(f"{draw.__module__}.{draw.__qualname__}"):
                draw(*args, **kwargs)

        return part

    return made
