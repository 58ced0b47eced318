"""The regions that readers drew: read anew each time, as a slide has few of them."""

import pandas as pd

from dashboard.cache import reviews
from idc_core.reviews import data_key
from idc_core.reviews.regions import Region, Regions
from idc_core.runs.run import Run


def records(run: Run, patient: str, slide: str) -> list[Region]:
    """What was drawn on a slide and not taken back, oldest first, see `Regions.records`."""
    where = reviews.ready()
    if where is None:
        return []
    return Regions(where, wait=reviews.WAIT).records(data_key(run), patient=patient, slide=slide)


def history(run: Run) -> pd.DataFrame | None:
    """Everything that was drawn on a run's data, see `Regions.history`; None before a file."""
    where = reviews.ready()
    return None if where is None else Regions(where, wait=reviews.WAIT).history(data_key(run))


def record(said: Region, token: str) -> str:
    """Store a record; its token. The first one creates the file."""
    return Regions(reviews.begun(), wait=reviews.WAIT).record(said, token=token)


def undo(run: Run, author: str, token: str) -> bool:
    """Take back a record of the author's; False where it does not stand any more."""
    where = reviews.ready()
    if where is None:
        return False
    return Regions(where, wait=reviews.WAIT).undo(author, token, data=data_key(run))
