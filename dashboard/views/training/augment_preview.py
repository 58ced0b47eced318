"""What the network was trained on: patches before and after augmentation with the run's own
settings, and what stain normalisation would do to them."""

import cv2
import numpy as np
import streamlit as st

from dashboard.cache import stores
from dashboard.charts.theme import plain
from dashboard.state import page_state
from dashboard.widgets import empty
from idc_core.data import stain
from idc_core.data.stores.store import PatchStore
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run
from idc_core.runs.trained_on import Unknown, training_data
from idc_core.train.augment import augment
from idc_core.train.config import AugmentConfig, from_dict

PATCHES, VIEWS, SIDE, GAP = 4, 6, 100, 6
TARGET = 400
"""Training patches that define the target of the normalisation."""


def show(run: Run) -> None:
    """Rows of patches: the original, then its augmented versions in successive epochs."""
    store = stores.pixels_of(run)
    settings = _settings(run)
    if store is None or settings is None:
        empty.show(
            "The augmentation preview needs this run's settings and the pixels of its patches. "
            "To make those of the demo: python train_cli.py demo."
        )
        return
    config, seed = settings
    left, right = st.columns([1, 1], gap="large")
    with left:
        first = _epoch(run.info.epochs or 1)
    with right:
        normal = st.toggle(
            "Stain normalisation instead",
            key="stain_normalised",
            help="Reinhard et al. 2001, towards the mean colours of the training patches. No run "
            "here is trained with it.",
        )
    rows = _rows(store)
    if normal:
        pictures, said = _normalised(store, rows), "original · stain-normalised"
    else:
        pictures = _augmented(store, rows, config, seed, first)
        said = f"original · augmented in epochs {first} to {first + VIEWS - 1}"
    st.image(_sheet(pictures), alt=f"{len(rows)} training patches in rows: {said}")
    st.caption(f"{len(rows)} training patches of {plain(store.name)}: {said}.")
    if not normal:
        st.caption(_words(config))


def _settings(run: Run) -> tuple[AugmentConfig, int] | None:
    if not run.info.config or isinstance(training_data(run.info), Unknown):
        return None
    try:
        config = from_dict(run.info.config)
    except Refusal:
        return None
    return config.augment, config.seed


def _epoch(epochs: int) -> int:
    most = max(1, epochs - VIEWS + 1)
    known = page_state.whole("view", most + 1)
    st.session_state["augment_epoch"] = max(1, known or 1)

    def keep() -> None:
        page_state.remember("view", str(st.session_state["augment_epoch"]))

    return int(
        st.number_input(
            f"First epoch shown, 1 to {most}",
            1,
            most,
            step=1,
            key="augment_epoch",
            on_change=keep,
            disabled=most == 1,
        )
    )


def _rows(store: PatchStore) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Training patches of both classes, each from another patient; always the same ones."""
    train = store.index.reset_index(drop=True)
    train = train[train["split"] == "train"]
    shuffled = train.sample(frac=1, random_state=1)
    chosen: list[int] = []
    for at in range(PATCHES):
        own = shuffled[(shuffled["label"] == at % 2)]
        own = own[~own["patient"].isin(train["patient"].loc[chosen])] if len(own) else own
        chosen += own.index[:1].tolist()
    return np.array(chosen or train.index[:1].tolist(), np.int64)


def _augmented(
    store: PatchStore,
    rows: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    config: AugmentConfig,
    seed: int,
    first: int,
) -> list[list["np.ndarray"]]:
    shown = [[np.asarray(store.patches[row])] for row in rows]
    for epoch in range(first - 1, first - 1 + VIEWS):
        for at, view in enumerate(augment(store.patches, rows, config, seed=seed, epoch=epoch)):
            shown[at].append(view)
    return shown


def _normalised(
    store: PatchStore, rows: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> list[list["np.ndarray"]]:
    train = np.flatnonzero(store.index["split"].to_numpy() == "train")
    some = train[np.linspace(0, len(train) - 1, min(TARGET, len(train))).astype(int)]
    target = stain.target_of(store.patches[some])
    return [
        [np.asarray(store.patches[row]), stain.normalise(np.asarray(store.patches[row]), target)]
        for row in rows
    ]


def _sheet(pictures: list[list["np.ndarray"]]) -> "np.ndarray":
    """One row per patch; a gap after the original."""
    wide = len(pictures[0])
    # gaps are clear, so that the page shows through, dark or light
    out = np.zeros((len(pictures) * (SIDE + GAP), wide * (SIDE + GAP) + 3 * GAP, 4), np.uint8)
    for row, views in enumerate(pictures):
        for at, view in enumerate(views):
            top, left = row * (SIDE + GAP), at * (SIDE + GAP) + (3 * GAP if at else 0)
            large = cv2.resize(view, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
            out[top : top + SIDE, left : left + SIDE, :3] = large
            out[top : top + SIDE, left : left + SIDE, 3] = 255
    return out


def _words(config: AugmentConfig) -> str:
    """The augmentation settings as a sentence."""
    flips = [
        name
        for name, on in (
            ("horizontal", config.flip_horizontal),
            ("vertical", config.flip_vertical),
        )
        if on
    ]
    said = [
        f"rotation up to {config.rotation:g}°",
        f"zoom × 1 ± {config.zoom:g}",
        f"shift up to {config.shift:.0%}",
        f"shear up to {config.shear:g}°",
        f"{' and '.join(flips)} flips" if flips else "no flips",
        f"stain × 1 ± {config.stain:g} (per stain × 1 ± {config.stain_hue:g})",
        f"brightness ± {100 * config.brightness:g} %",
    ]
    return "Sampled anew for every patch in every epoch: " + ", ".join(said) + "."
