"""A verdict as the browser sends it: on which patches, as they stood on the screen, by whom.

Nothing is taken from what the server drew last. What the act names is looked up, and stored only if
it is what the reader saw: the same data, model, scores and labels.
"""

import hashlib
import json
import math
import re
from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.cache import all_patches, reviews, runs
from idc_core.data.places import SLIDE, place_of
from idc_core.data.shown_splits import DATA_SPLIT
from idc_core.io.paths import models_root
from idc_core.io.refusal import Refusal
from idc_core.reviews import LONGEST_COMMENT, STAGES, VERDICTS, Verdict, data_key
from idc_core.runs.run import Run, list_runs

Patch = tuple[str, str, int, int]
"""Patient, slide ("" where slides have no names of their own), x and y."""
AGAIN = "Nothing was stored; reload the page and judge the patch again."
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stood on the screen; `seen`: a digest of model, scores and labels."""

    run: str
    data: str
    split: str
    threshold: float
    stage: str
    reader: str
    patches: tuple[Patch, ...]
    seen: str
    following: str = ""

    def as_data(self) -> dict[str, Any]:
        """For the browser, to be brought back."""
        return asdict(self) | {"patches": [list(patch) for patch in self.patches]}


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, and to what."""

    does: str
    verdict: str
    to: str
    note: str
    reader: str
    replaces: str
    token: str
    shown: Shown


def shown(
    run: Run, rows: pd.DataFrame, threshold: float, stage: str, reader: str, following: str = ""
) -> Shown:
    """What the browser is to bring back of these rows of predictions."""
    rows = _ordered(rows)
    return Shown(
        run.name,
        data_key(run),
        str(rows["split"].iloc[0]) if len(rows) else "",
        float(threshold),
        stage,
        reader,
        _patches(rows),
        _digest(run, rows),
        following,
    )


def read(payload: Mapping[str, Any], signed: str = "") -> Act:
    """An act out of what came from a browser. Raises `Refusal` for anything but an act.

    `signed`: who is signed in; theirs is the act then, whatever name the browser sent.
    """
    try:
        about = payload["about"]
        patches = tuple(
            (str(name), str(slide), int(x), int(y)) for name, slide, x, y in about["patches"]
        )
        words = {name: str(about[name]) for name in ("run", "data", "split", "stage", "reader")}
        seen = Shown(
            **words,
            threshold=float(about["threshold"]),
            patches=patches,
            seen=str(about["seen"]),
            following=str(about["following"]),
        )
        act = Act(
            str(payload["does"]),
            str(payload["verdict"] or ""),
            str(payload["to"] or ""),
            str(payload["note"]),
            signed or str(payload["reader"]).strip(),
            str(payload["replaces"]),
            str(payload["token"]),
            seen,
        )
    except (KeyError, TypeError, ValueError):
        raise Refusal(
            f"expected an act on a patch: the browser sent something else. {AGAIN}"
        ) from None
    if not (_TOKEN.fullmatch(act.token) and math.isfinite(seen.threshold)):
        raise Refusal(f"expected an act with a token and a threshold: found neither. {AGAIN}")
    return act


def run_of(act: Act) -> Run:
    """The run that was on the screen. Raises `Refusal` where it is gone, or has other data."""
    name = act.shown.run
    if name not in list_runs(models_root()):
        raise Refusal(f"expected the run {name[:80]}, which was on the screen: it is gone. {AGAIN}")
    run = runs.run(name)
    if data_key(run) != act.shown.data:
        raise Refusal(
            f"expected the data that {name} had on the screen: it has other data now. {AGAIN}"
        )
    return run


def store(act: Act) -> None:
    """Store a verdict on the patches that were shown, all or none. Raises `Refusal`."""
    run, seen = run_of(act), act.shown
    if act.verdict not in VERDICTS or seen.stage not in STAGES or not seen.patches:
        raise Refusal(f"expected a verdict on a patch: found {act.verdict[:40]!r}. {AGAIN}")
    if act.reader != seen.reader:
        raise Refusal(
            f"expected the reader for whom this was shown, {seen.reader or 'nobody'}: it is "
            f"{act.reader or 'nobody'} now. Nothing was stored; press again."
        )
    if len(act.note) > LONGEST_COMMENT:
        raise Refusal(f"expected a note of at most {LONGEST_COMMENT:,} characters. Shorten it.")
    rows = _rows(run, seen)
    if _digest(run, rows) != seen.seen:
        raise Refusal(f"expected the scores and labels that were shown: they changed. {AGAIN}")
    if replaced(run, seen) != act.replaces:
        raise Refusal(
            "expected your earlier verdict to be the one that was shown: it has changed, perhaps "
            "in another window. Nothing was stored; press again."
        )
    reviews.record([_verdict(run, row, act) for row in rows.to_dict("records")], token=act.token)


def own_standing(run: Run, seen: Shown) -> pd.DataFrame:
    """The reader's standing verdicts on these patches at this stage."""
    standing = reviews.standing(run)
    own = standing[(standing["reviewer"] == seen.reader) & (standing["stage"] == seen.stage)]
    wanted = set(seen.patches)
    return own[np.array([patch in wanted for patch in _patches(own)], bool)]


def replaced(run: Run, seen: Shown) -> str:
    """One token for all verdicts of the reader's that one on these patches would replace."""
    tokens = sorted(set(own_standing(run, seen)["token"])) if seen.reader else []
    return hashlib.sha256(" ".join(tokens).encode()).hexdigest()[:24] if tokens else ""


def _rows(run: Run, seen: Shown) -> pd.DataFrame:
    found = all_patches.of_split(run, seen.split)
    if found is None:
        raise Refusal(f"expected the {seen.split[:40]} split of {run.name}: it is empty. {AGAIN}")
    wanted: dict[str, list[tuple[str, int, int]]] = {}
    for patient, slide, x, y in seen.patches:
        wanted.setdefault(patient, []).append((slide, x, y))
    parts = []
    for patient, places in wanted.items():
        own = found.of(patient)
        at = pd.MultiIndex.from_arrays([_slides(own), own["x"], own["y"]]).get_indexer(
            pd.MultiIndex.from_tuples(places)
        )
        if (at < 0).any():
            raise Refusal(
                f"expected a patch of patient {patient[:80]} in the {seen.split} split of "
                f"{run.name}: there is none at {places[int((at < 0).argmax())][1:]}. {AGAIN}"
            )
        parts.append(own.iloc[at])
    return _ordered(pd.concat(parts))


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(place_of(rows), kind="stable")


def _patches(rows: pd.DataFrame) -> tuple[Patch, ...]:
    places = zip(rows["patient"], _slides(rows), rows["x"], rows["y"], strict=True)
    return tuple((str(patient), slide, int(x), int(y)) for patient, slide, x, y in places)


def _slides(rows: pd.DataFrame) -> list[str]:
    """Each row's slide by name, "" where slides have none of their own."""
    return rows[SLIDE].astype(str).tolist() if SLIDE in rows else [""] * len(rows)


def _digest(run: Run, rows: pd.DataFrame) -> str:
    """Tells a blinded reader nothing of the label, and changes with it."""
    told = [
        reviews.model_of(run),
        rows["label"].astype(int).tolist(),
        rows["score"].astype(float).tolist(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def _verdict(run: Run, row: Mapping[Hashable, Any], act: Act) -> Verdict:
    return Verdict(
        data=act.shown.data,
        patient=str(row["patient"]),
        slide=str(row.get(SLIDE, "")),
        x=int(row["x"]),
        y=int(row["y"]),
        reviewer=act.reader,
        verdict=act.verdict,
        stage=act.shown.stage,
        comment=act.note.strip(),
        run=run.name,
        model=reviews.model_of(run),
        # Of the data, so that it counts for every run on these patients.
        split=str(row.get(DATA_SPLIT, row["split"])),
        threshold=act.shown.threshold,
        score=float(row["score"]),
        label=int(row["label"]),
    )
