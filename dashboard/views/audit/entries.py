"""The audit log as a table, and its parts."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

import pandas as pd
import streamlit as st

from dashboard.access import audit
from dashboard.access.acts import ACTS
from idc_core.audit.log import Checked, Entry
from idc_core.io.refusal import Refusal

OTHERS = {"sign_in": "Signing in", "sign_out": "Signing out", "open": "Opening a run or a patient"}
"""What is written down and needs no role of its own."""
COLUMNS = ("time (UTC)", "person", "role", "act", "outcome", "run", "patient", "what")


def words(act: str) -> str:
    """What an act is called; its key for one that this version does not know.

    >>> words("lock"), words("open"), words("older")
    ('Locking a threshold', 'Opening a run or a patient', 'older')
    """
    return ACTS[act].words if act in ACTS else OTHERS.get(act, act)


def table(entries: Iterable[Entry]) -> pd.DataFrame:
    """One row an entry, newest first."""
    rows = [
        (
            each.at.replace("T", " ").rstrip("Z"),
            each.name or each.person,
            each.role,
            words(each.act),
            each.outcome,
            each.run,
            each.patient,
            each.what,
        )
        for each in entries
    ]
    return pd.DataFrame(rows[::-1], columns=list(COLUMNS))


def chosen(
    found: pd.DataFrame, people: Sequence[str], acts: Sequence[str], day: str
) -> pd.DataFrame:
    """The rows of these people, acts and day; all of a kind where none is named."""
    kept = pd.Series(data=True, index=found.index)
    if people:
        kept &= found["person"].isin(people)
    if acts:
        kept &= found["act"].isin(acts)
    if day:
        kept &= found["time (UTC)"].str.startswith(day)
    return found[kept].reset_index(drop=True)


@st.cache_resource(max_entries=1, show_spinner=False)
def known(stamp: str) -> tuple[pd.DataFrame, Checked]:
    """The log as it is now, and whether it fits; read once while `stamp` stays the same."""
    log = audit.log()
    if log is None:
        raise Refusal("expected an audit log: nobody has to sign in here, so none is kept.")
    checked, read = log.check(), list[Entry]()
    with suppress(Refusal):  # of a line that is none, which `checked` names: those before are shown
        read.extend(log.entries())
    return table(read), checked
