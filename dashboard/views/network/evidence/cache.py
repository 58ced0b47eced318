"""Maps of evidence and their checks, computed once per patch, network and setting.

Gradients come from one child process for the whole server (`idc_core.interpret.explain.process`).
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.cache import networks
from dashboard.cache.stamps import Stamp, stamp
from idc_core.interpret.explain import evidence, faithfulness
from idc_core.interpret.explain.agreement import rank_correlation
from idc_core.interpret.explain.evidence import Evidence
from idc_core.interpret.explain.fills import Fill, filled
from idc_core.interpret.explain.methods import Method
from idc_core.interpret.explain.occlusion import occlusion
from idc_core.interpret.explain.process import GradientProcess
from idc_core.io.progress import TellStage
from idc_core.io.refusal import Refusal
from idc_core.runs.run import Run
from idc_core.score.scoring import Scorer

SHUFFLES = 3
"""Times the weights are shuffled; the mean is shown."""

KEPT = 256
"""Maps that are cached: some kilobytes each."""

COMMAND: list[str] | None = None
"""The command that computes gradients; tests put something quicker here."""

Patches = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a map depends on beside the patch."""

    layer: str
    window: int
    fill: Fill


@dataclass(frozen=True, slots=True)
class Explained:
    """A map (the mean over the patches given) and its sanity checks.

    `like_shuffled`: mean absolute rank correlation with the maps of shuffled weights, None if it
    was not asked for. `gap`: the difference between the sum of integrated gradients and the change
    of the logit.
    """

    found: Evidence
    like_shuffled: float | None = None
    gap: float | None = None


@st.cache_resource(show_spinner=False)
def process() -> GradientProcess:
    """The child process; started at the first question."""
    return GradientProcess(COMMAND)


def by_score(run: Run, patches: Patches, setting: Setting) -> Evidence:
    """Occlusion, which needs no gradient; the mean over the patches."""
    file = run.path / "model.onnx"
    key = digest(patches), setting.window, setting.fill
    return _occluded(*key, stamp(file), networks.scorer(run), patches)


@st.cache_resource(max_entries=64, show_spinner=False)
def _occluded(
    digest: str, window: int, fill: Fill, stamp: Stamp, _scorer: Scorer, _patches: Patches
) -> Evidence:
    return evidence.mean([occlusion(_scorer.logits, each, window, fill) for each in _patches])


def by_gradient(
    run: Run, patches: Patches, method: Method, setting: Setting, progress: TellStage
) -> Explained:
    """One method's map and its test with shuffled weights; an exception from `progress` cancels it.

    Occlusion too is tested with shuffled weights here. Raises `Refusal` if the run has no Keras
    network.
    """
    file = run.path / "model.keras"
    if run.came_as_onnx:
        raise Refusal(
            f"This network came as ONNX ({run.came_as_onnx}), which holds no gradients: for "
            f"{method.name} import the Keras file it was made from."
        )
    if not file.is_file():
        raise Refusal(
            f"expected the Keras network {file.name} in this run: it is not there. Put it back, or "
            "bring the network in: python train_cli.py import-model FILE --run RUN."
        )
    detail = setting.layer if method.of_layer else (setting.window, setting.fill)
    key = (digest(patches), method.key, detail, stamp(file))
    answers = _answers()
    # Not a cached function: the progress draws on the page, and Streamlit would replay that.
    if key not in answers:
        answers[key] = _asked(str(file), method, setting, patches, progress)
        while len(answers) > KEPT:
            answers.popitem(last=False)
    return answers[key]


def known(run: Run, patches: Patches, setting: Setting) -> bool:
    """Whether all maps that need gradients have been computed for this view in this session."""
    return (str(run.path), digest(patches), setting) in _seen()


def remember_known(run: Run, patches: Patches, setting: Setting) -> None:
    _seen().add((str(run.path), digest(patches), setting))


def _seen() -> set[tuple[str, str, Setting]]:
    found: set[tuple[str, str, Setting]] = st.session_state.setdefault("explained", set())
    return found


@st.cache_resource(show_spinner=False)
def _answers() -> "OrderedDict[object, Explained]":
    """The maps that were computed on this server, for any session, the newest last."""
    return OrderedDict()


def _asked(
    model: str, method: Method, setting: Setting, patches: Patches, progress: TellStage
) -> Explained:
    one = len(patches) == 1
    said = {
        "model": model,
        "method": method.key,
        "layer": setting.layer,
        "window": setting.window,
        "fill": setting.fill,
        "seeds": SHUFFLES if one else 0,
    }
    arrays = {"pixels": patches}
    if method.key == "integrated":
        arrays["baseline"] = np.stack([filled(patch, setting.fill) for patch in patches])
    answer = process().ask(said, arrays, progress)
    layer = setting.layer if method.of_layer else None
    maps = [
        Evidence(method.name, pro, con, layer, side=patches.shape[1])
        for pro, con in zip(answer["pro"], answer["con"], strict=True)
    ]
    found = evidence.mean(maps)
    like = None
    if one:
        others = [
            answer[f"shuffled{seed}_pro"][0] - answer[f"shuffled{seed}_con"][0]
            for seed in range(SHUFFLES)
        ]
        like = float(np.nanmean(np.abs([rank_correlation(found.signed, o) for o in others] or [0])))
    gap = float(np.abs(answer["gap"]).mean()) if "gap" in answer else None
    return Explained(found, like, gap)


def checks(
    run: Run,
    patch: npt.NDArray[np.uint8],
    maps: Sequence[Evidence],
    setting: Setting,
    called_idc: bool,
) -> list[faithfulness.Check]:
    """Deletion and insertion of every map of one patch, all against the same random orders."""
    content = hashlib.sha256(b"".join(each.signed.tobytes() for each in maps)).hexdigest()
    key = digest(patch[None]), content, setting.fill, called_idc
    return _checked(*key, stamp(run.path / "model.onnx"), networks.scorer(run), patch, maps)


@st.cache_resource(max_entries=64, show_spinner=False)
def _checked(
    digest: str,
    content: str,
    fill: Fill,
    called_idc: bool,
    stamp: Stamp,
    _scorer: Scorer,
    _patch: npt.NDArray[np.uint8],
    _maps: Sequence[Evidence],
) -> list[faithfulness.Check]:
    signed = [each.signed for each in _maps]
    return faithfulness.checks(_scorer.logits, _patch, signed, called_idc=called_idc, fill=fill)


def digest(patches: Patches) -> str:
    """Short text that is the same for the same pixels."""
    return hashlib.sha256(np.ascontiguousarray(patches).tobytes()).hexdigest()[:24]
