"""What does the model predict for these patches? Uploads, a zip, or random patches of a split."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st
from streamlit.typing import UploadedFile

from dashboard.access import gate
from dashboard.cache import cutoff, input_check, networks, runs, stores
from dashboard.charts import theme
from dashboard.charts.patches import PatchFacts, Refused, Taken, read_uploads, table
from dashboard.state import page_state, selection, view
from dashboard.views.score.patches import zip_upload
from dashboard.widgets import (
    empty,
    export,
    figure,
    odd_patches,
    page_title,
    patch_source,
    permitted,
    prediction_cards,
)
from idc_core.data.images import most_bytes
from idc_core.data.known_labels import label_of
from idc_core.data.stores.codec import through
from idc_core.data.stores.store import PatchStore
from idc_core.data.whole_set import all_too_large, sizes_noted
from idc_core.records.raster import Raster
from idc_core.runs.data import bringing
from idc_core.runs.run import Run
from idc_core.score.input_check import check
from idc_core.score.intake import MOST_PATCHES
from idc_core.score.scoring import Scorer

SHOWN = 60  # cards on the page; the exported table holds all
MOST_FILES = 500
MOST_MB = 300
AT_RANDOM = 12


def show() -> None:
    """Draw the tab."""
    page_title.show()
    name = selection.current().run
    if name is None:
        empty.no_runs()
        return
    run = runs.run(name)
    scorer = networks.scorer(run)
    patches, refused, source = _patches(run)
    if source == "zip":
        return
    if patches:
        _answers(run, scorer, patches, source)
    _refused(refused, run.info.raster.patch_px)


def _patches(run: Run) -> tuple[list[Taken], list[Refused], str]:
    """The uploaded patches, else random ones; the files that were rejected; where they are from."""
    side = run.info.raster.patch_px
    left, right = st.columns([1.6, 1], vertical_alignment="bottom", gap="large")
    missing = gate.needs("score")
    with left:
        files = st.file_uploader(
            f"Upload patches: PNG or JPEG files of at most {side}×{side} pixels, or a zip of up to "
            f"{MOST_PATCHES:,}",
            accept_multiple_files=True,
            max_upload_size=MOST_MB,
            key="predict_upload",
            disabled=bool(missing),
        )
        permitted.say(missing)
    with right:
        at_random = _random_control(run, bool(files))
    if not files:
        if zip_upload.again(run):
            return [], [], "zip"
        return at_random, [], "random"
    zips = [file for file in files if file.name.lower().endswith(".zip")]
    if zips:
        zip_upload.show(run, zips[0])
        if len(files) > 1:
            st.caption("Only the zip is shown; remove it to see the other files.")
        return [], [], "zip"
    taken, refused = read_uploads(
        [(file.name, _bytes(file, side)) for file in files[:MOST_FILES]], side
    )
    if len(files) > MOST_FILES:
        refused.append(
            Refused(
                f"{len(files) - MOST_FILES:,} more files",
                f"at most {MOST_FILES} are scored at once. For more: "
                "python train_cli.py predict --run RUN FOLDER --out scores.csv",
            )
        )
    if taken:
        taken = _checked(run, taken)
    return taken, refused, "uploaded"


def _bytes(file: UploadedFile, side: int) -> bytes:
    """A file's bytes; of a file that is too large, just enough to recognise that."""
    return bytes(file.getbuffer()[: most_bytes(side) + 1])


def _checked(run: Run, taken: list[Taken]) -> list[Taken]:
    """The patches with the result of the input check; says how many are out of distribution."""
    sizes = sizes_noted((each.note for each in taken), run.info.raster.patch_px)
    kept = through(np.stack([each.pixels for each in taken]), sizes, run.info.raster.codec)
    found = check(kept, input_check.profile(run), sizes)
    odd_patches.said(found, input_check.reference(run))
    return [
        replace(each, pixels=pixels, note=odd_patches.noted(each.note, odd), odd=odd)
        for each, pixels, odd in zip(taken, kept, found.words(), strict=True)
    ]


def _random_control(run: Run, uploaded: bool) -> list[Taken]:
    """The button for other random patches; `draw` in the address is the seed of those shown."""
    store = stores.pixels_of(run)
    if store is None:
        data = run.info.data_name or "NAME"
        empty.show(
            f"Random patches need the pixels of “{data}”, which are not on this machine. "
            f"Bring them: python train_cli.py {bringing(run)}."
        )
        return []
    split = selection.current().split
    rows = np.flatnonzero((store.index["split"] == split).to_numpy())
    st.button(
        f"{AT_RANDOM} other random {split} patches",
        icon=":material/shuffle:",
        on_click=_new_seed,
        disabled=uploaded or not len(rows),
        type="primary",
        key="predict_draw",
    )
    if uploaded:
        st.caption("Remove the uploaded files to see random patches again.")
        return []
    if not len(rows):
        st.caption(f"The split “{split}” of this data holds no patch.")
        return []
    seed = seed_of(st.query_params.get("draw"))
    picked = np.random.default_rng(seed).choice(rows, min(AT_RANDOM, len(rows)), replace=False)
    st.caption(
        f"Random sample no. {seed} of {len(rows):,} {split} patches; a copied link shows the same."
    )
    return [_taken(store, int(row)) for row in picked]


def seed_of(text: str | None) -> int:
    """The seed in the address; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _new_seed() -> None:
    page_state.remember(zip_upload.ADDRESS, None)
    st.query_params["draw"] = str(int(np.random.default_rng().integers(1, 100_000)))


def _taken(store: PatchStore, row: int) -> Taken:
    known = store.index.iloc[row]
    patient, x, y = str(known["patient"]), int(known["x"]), int(known["y"])
    name = f"{patient} · {selection.patch_name(x, y)}"
    facts = PatchFacts(name, patient, x, y, label_of(known["label"]))
    return Taken(np.asarray(store.patches[row]), facts)


def _answers(run: Run, scorer: Scorer, patches: Sequence[Taken], source: str) -> None:
    threshold = cutoff.now().value
    pixels = np.stack([patch.pixels for patch in patches])
    scorer.score(pixels[:1])  # the first call also loads the network: not timed
    started = time.perf_counter()
    scores = networks.calibrated(run, scorer.score(pixels))
    seconds = time.perf_counter() - started
    st.markdown(summary(patches, scores.tolist(), threshold, seconds, run.info.raster))
    if len(patches) > SHOWN:
        st.caption(f"The first {SHOWN} are shown; the table holds all {len(patches):,}.")
    to_explain = prediction_cards.show(
        patches[:SHOWN], scores[:SHOWN].tolist(), threshold, run.info.raster
    )
    scored = table([patch.facts for patch in patches], scores, threshold)
    if source == "uploaded":
        scored = scored.assign(odd=[patch.odd for patch in patches])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The mark on each scale is the threshold, {theme.digits(threshold)}.")
        figure.download(scored, key="predict_scores", label="Scores as CSV", of=_count(patches))
    if to_explain is not None:
        _explain(patches[to_explain], source)


def _count(patches: Sequence[Taken]) -> export.Count:
    known = {patch.facts.patient for patch in patches}
    return export.Count(len(patches), None if None in known else len(known), split="")


def summary(
    patches: Sequence[Taken],
    scores: Sequence[float],
    threshold: float,
    seconds: float,
    raster: Raster,
) -> str:
    """The result in one line, as Markdown: how many patches, how many positive, how fast."""
    positive = sum(score >= threshold for score in scores)
    known = [
        (p.facts.label, s)
        for p, s in zip(patches, scores, strict=True)
        if p.facts.label is not None
    ]
    right = sum((score >= threshold) == (label == 1) for label, score in known)
    judged = (
        f" {right} of {len(known)} with a known label are correctly classified." if known else ""
    )
    noun = "patch" if len(patches) == 1 else "patches"
    return (
        f"**{positive} of {len(patches)} {noun} {theme.plain(raster.predicted(True))}** at "
        f"{theme.digits(threshold)}.{judged} "
        f"Scored in {1000 * seconds:.1f} ms, {theme.many(round(len(patches) / seconds))} patches/s."
    )


def _explain(patch: Taken, source: str) -> None:
    """Open the evidence for this patch."""
    facts = patch.facts
    if source == "uploaded":
        st.session_state[patch_source.UPLOADED] = patch
    else:
        st.session_state[patch_source.UPLOADED] = None
        selection.change(
            patient=facts.patient, patch=selection.patch_name(facts.x or 0, facts.y or 0)
        )
    view.go("network/evidence")


def _refused(refused: Sequence[Refused], side: int) -> None:
    if not refused:
        return
    noun = "file was" if len(refused) == 1 else "files were"
    whole = all_too_large([each.reason for each in refused], side=side)
    if whole is not None:
        st.warning(f"Expected patches: {whole}")
    st.markdown(f"**{len(refused)} {noun} not scored**")
    st.dataframe(
        {"File": [each.file for each in refused], "Why": [each.reason for each in refused]},
        hide_index=True,
        width="stretch",
        key="predict_refused",
    )
