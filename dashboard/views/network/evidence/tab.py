"""What evidence is there for and against IDC? Are the maps faithful?"""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.charts import channels
from dashboard.charts.patches import predicted
from dashboard.charts.theme import counted, plain
from dashboard.state import page_state
from dashboard.views.network.evidence import (
    agreement_table,
    cache,
    charts,
    evidence_cards,
    evidence_setting,
)
from dashboard.views.network.evidence.cache import Explained, Patches, Setting
from dashboard.views.network.evidence.evidence_cards import Card, Shown
from dashboard.widgets import export, figure, patch_page
from dashboard.widgets.patch_source import Chosen
from idc_core.facts.names import told
from idc_core.facts.pictures import figure_png
from idc_core.interpret.explain.evidence import Evidence
from idc_core.interpret.explain.methods import METHODS, Method
from idc_core.io.digits import digits
from idc_core.io.refusal import Refusal
from idc_core.records.raster import Raster
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer

_STOPPED = "explain_stopped"


def show() -> None:
    """Draw the tab."""
    run, scorer, chosen = patch_page.page()
    over, setting = evidence_setting.show(scorer, run.info.raster)
    if over == "one":
        _one(run, scorer, chosen, setting)
    else:
        _many(run, chosen, over, setting)
    _help()


def _one(run: Run, scorer: Scorer, chosen: Chosen, setting: Setting) -> None:
    patches = chosen.pixels[None]
    score = patch_page.score_of(run, scorer, chosen)
    logit = float(scorer.logits(patches)[0])
    positive = score >= patch_page.threshold()
    facts = [("·", f"logit {logit:.2f}, score {digits(score)}".replace("-", "−"), "")]
    shown = Shown(
        chosen.pixels,
        "The patch",
        predicted(score, patch_page.threshold(), run.info.raster),
        f"the network's input, {scorer.side} × {scorer.side} px",
        facts,
    )
    cards = _cards(run, patches, setting, shown, positive=positive)
    maps = [card.found for card in cards if card.found is not None]
    picked = _picked(cards)
    if picked is not None and picked.check is not None:
        left, right = st.columns([1.25, 1], gap="large")
        with left:
            _curves(picked, positive, run.info.raster)
        with right:
            agreement_table.show(maps)
    patch = told(chosen.facts.file, chosen.facts.patient)
    _downloads(chosen.pixels, maps, patch, export.ONE_PATCH, run.info.raster)


def _many(run: Run, chosen: Chosen, outcome: str, setting: Setting) -> None:
    patches, known = evidence_setting.patches_of(run, chosen, outcome)
    if not len(patches):
        st.info(evidence_setting.none_of(outcome, run.info.raster))
        return
    some = f", {len(patches)} of them evenly sampled" if known > len(patches) else ""
    mean = np.asarray(np.rint(patches.mean(axis=0)), np.uint8)
    shown = Shown(
        mean,
        "Mean patch",
        f"{counted(known, 'patch', 'patches')}{some}",
        "the mean of all their pixels",
        [("·", "A uniform map means that no position stands out.", "")],
    )
    cards = _cards(run, patches, setting, shown, positive=True)
    maps = [card.found for card in cards if card.found is not None]
    _downloads(mean, maps, "their mean", export.Count(len(patches), None), run.info.raster)


def _cards(
    run: Run, patches: Patches, setting: Setting, shown: Shown, *, positive: bool
) -> list[Card]:
    """Draw occlusion at once, the methods that need gradients when they are ready; all cards.

    `positive`: the prediction, which the evidence is tested against.
    """
    above, place = st.container(), st.empty()
    occluded = cache.by_score(run, patches, setting)
    mark = repr((str(run.path), cache.digest(patches), setting))
    stopped = st.session_state.get(_STOPPED) == mark
    if not cache.known(run, patches, setting):
        waiting = "not computed" if stopped else "computing …"
        with place.container():
            evidence_cards.show(
                shown,
                _waiting(occluded, waiting),
                None,
                lambda key: None,
                run.info.raster,
                key="evidence_waiting",
            )
        if stopped:
            with above:
                st.button(
                    "Compute the other maps",
                    key="explain_go",
                    on_click=_resume,
                    icon=":material/play_arrow:",
                )
            return _waiting(occluded, waiting)
    answers = _answers(run, patches, setting, mark, above)
    cards = _checked(run, patches, setting, occluded, answers, positive)
    cache.remember_known(run, patches, setting)
    with place.container():
        picked = _picked(cards)
        evidence_cards.show(
            shown,
            cards,
            None if picked is None else picked.method.key,
            lambda key: page_state.remember("method", key),
            run.info.raster,
        )
    return cards


def _answers(
    run: Run,
    patches: Patches,
    setting: Setting,
    mark: str,
    above: "st.delta_generator.DeltaGenerator",
) -> dict[str, Explained | str]:
    """The map of every method, or the sentence why there is none."""
    asked = [method for method in METHODS if len(patches) == 1 or method.needs_gradients]
    found: dict[str, Explained | str] = {}
    with above:
        box = st.empty()
    known = cache.known(run, patches, setting)
    progress = None if known else _Progress(box, mark, len(asked))
    for at, method in enumerate(asked):
        try:
            found[method.key] = cache.by_gradient(
                run,
                patches,
                method,
                setting,
                _no_progress if progress is None else progress.of(at, method),
            )
        except Refusal as refused:
            found[method.key] = str(refused)
    box.empty()
    return found


class _Progress:
    """A progress bar and a button that cancels."""

    def __init__(self, box: "st.delta_generator.DeltaGenerator", mark: str, steps: int) -> None:
        with box.container(horizontal=True, vertical_alignment="center"):
            self._bar = st.progress(0.0, "computing gradients …", width=560)
            st.button("Cancel", key="explain_cancel", on_click=_stop, args=(mark,))
        self._steps = steps

    def of(self, at: int, method: Method) -> Callable[[str, int, int], None]:
        def tell(doing: str, done: int, of: int) -> None:
            share = (at + (done / of if of else 0)) / self._steps
            self._bar.progress(min(share, 1.0), f"{method.name}: {doing}")

        return tell


def _no_progress(doing: str, done: int, of: int) -> None:
    """For maps that have been computed already."""


def _stop(mark: str) -> None:
    st.session_state[_STOPPED] = mark


def _resume() -> None:
    st.session_state.pop(_STOPPED, None)


def _waiting(occluded: Evidence, words: str) -> list[Card]:
    return [
        Card(method, waiting=words)
        if method.needs_gradients
        else Card(method, occluded, waiting=f"its check: {words}")
        for method in METHODS
    ]


def _checked(
    run: Run,
    patches: Patches,
    setting: Setting,
    occluded: Evidence,
    answers: dict[str, Explained | str],
    positive: bool,
) -> list[Card]:
    """The cards; the maps of a single patch are tested against random orders."""
    cards = []
    for method in METHODS:
        answer = answers.get(method.key)
        if isinstance(answer, Explained):
            found = answer.found if method.needs_gradients else occluded
            cards.append(Card(method, found, None, answer.like_shuffled, answer.gap))
        elif method.needs_gradients:
            cards.append(Card(method, waiting=str(answer)))
        else:
            cards.append(Card(method, occluded))
    if len(patches) > 1:
        return cards
    maps = [card.found for card in cards if card.found is not None]
    checks = iter(cache.checks(run, patches[0], maps, setting, positive))
    return [
        card
        if card.found is None
        else Card(card.method, card.found, next(checks), card.like_shuffled, card.gap)
        for card in cards
    ]


def _picked(cards: list[Card]) -> Card | None:
    """The method whose curves are shown: that in the address, else the first that was tested."""
    checked = [card for card in cards if card.check is not None]
    named = [card for card in checked if card.method.key == st.query_params.get("method")]
    return next(iter(named or checked), None)


def _curves(card: Card, positive: bool, raster: Raster) -> None:
    assert card.check is not None
    kind = "for" if positive else "against"
    st.markdown(
        f"**{card.method.name}: does removing its evidence {kind} {plain(raster.positive)} change "
        "the prediction?**"
    )
    one, two = st.columns(2)
    for box, curves, back in ((one, card.check.deletion, False), (two, card.check.insertion, True)):
        with box:
            name, done = ("insertion", "restored") if back else ("deletion", "removed")
            figure.altair(
                charts.logit_curve(curves, restored=back),
                key=f"explain_{name}",
                alt_text=f"Logit against the share of the patch {done}",
                table=charts.curve_table(curves),
                of=export.ONE_PATCH,
            )
    st.html(
        '<div class="idc-caption">Left, deletion; right, insertion. Line: cells in the order of '
        "the map. Grey band: 20 random orders, dashed their median. The further the line leaves "
        "the band, the more faithful the map.</div>"
    )


def _downloads(
    pixels: channels.Image,
    maps: list[Evidence],
    patch: str,
    count: export.Count,
    raster: Raster,
) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Each method has its own colour scale (square root).")
        table = charts.table(maps).assign(patch=patch)
        figure.download(table, key="evidence", label="Maps as CSV", of=count)
        facts, names = export.facts(count), ", ".join(each.method for each in maps)
        title = f"Evidence for (above) and against {raster.positive} (below): {names}; {patch}"
        export.button(
            "PNG",
            lambda: figure_png(charts.sheet(pixels, maps), facts, title),
            name="evidence",
            ending="png",
            key="png_evidence",
        )


def _help() -> None:
    with st.expander("How to read these maps, and where they mislead"):
        for method in METHODS:
            st.markdown(
                f"**{method.name}** – {plain(method.shows)}. *Misleads:* {plain(method.misleads)}."
            )
        st.markdown(
            "**Faithfulness checks** – *Deletion and insertion:* the map's strongest cells are "
            "removed (or restored) first, and the logit is compared with 20 random orders. "
            "*Randomised weights* (sanity check): the network's kernels are shuffled; a map that "
            "stays the same shows edges and dark spots, not what was learnt."
        )
