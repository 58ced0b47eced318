"""What changes with a run's ledger and its looks at test, in its folder and on a server."""

from pathlib import Path

import streamlit as st

from dashboard.cache.stamps import Stamp, stamp
from dashboard.state.once import once
from idc_core.io.postgres.address import address_from_environment
from idc_core.runs import run_logs

State = tuple[Stamp | None, object]


def state(folder: Path, log: str) -> State | None:
    """What changes with every line of a run's log; None where it has none. Raises `Refusal` where a
    server that may hold some cannot be asked."""
    file = folder / log
    own = stamp(file) if file.is_file() else None
    on_server = _on_server()
    name = _name(str(folder), stamp(folder / "run.json"), log) if on_server else ""
    head = on_server.get(name)
    return None if own is None and head is None else (own, head)


@once
def _on_server() -> dict[str, object]:
    """Of every log on the server how many lines it has and its last; nothing without a server."""
    address = address_from_environment()
    if address is None:
        return {}
    from idc_core.io.postgres import logs  # only a server needs its driver

    return {**logs.heads(address)}


@st.cache_resource(max_entries=2048, show_spinner=False)
def _name(path: str, stamp: Stamp, log: str) -> str:
    return run_logs.name_of(Path(path), log)
