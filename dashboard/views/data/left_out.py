"""What was lost with rejected files, and anything unusual about the accepted ones."""

from pathlib import PurePosixPath

import pandas as pd
import streamlit as st

from dashboard.charts.theme import plain
from idc_core.data.places import SLIDE
from idc_core.data.stores.store import PatchStore
from idc_core.data.stores.store_words import noted, second_copy
from idc_core.facts import names
from idc_core.records.manifest import Loss, refuse_uncounted


def show(store: PatchStore) -> None:
    """Warnings for the whole data set and for an accepted loss, plain sentences otherwise."""
    for sentence in noted(store):
        st.warning(plain(sentence))
    lost = store.manifest.left_out or Loss()
    if lost.accepted:
        st.warning(
            "**Prepared with --accept-loss: figures cover accepted files only.** The question was: "
            + plain(" ".join(lost.accepted))
        )
    refuse_uncounted(store.manifest, store.path)
    said = [*lost.sentences, *second_copy(store.manifest.rejected or {})]
    if said:
        st.caption(plain(" ".join(said)))


def exported(rejects: pd.DataFrame, store: PatchStore) -> pd.DataFrame:
    """`stores.rejects` as it leaves the page: the files of a store that was cut are slides, and are
    hashed where slides are."""
    if not names.hashed() or SLIDE not in store.index:
        return rejects
    stems = rejects["file"].map(lambda file: PurePosixPath(file).stem)
    detail = rejects.get("detail", pd.Series("", index=rejects.index))
    said = [names.told(text, stem) for text, stem in zip(detail, stems, strict=True)]
    return rejects.assign(file=rejects["file"].map(names.slide_file), detail=said)
