"""Which column of somebody else's table is what: guessed from the names, corrected by options.

Names are compared without case, spaces and signs: "Image Path" and "image_path" are one name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from idc_core.refusal import Refusal

SCORE_OF = ("idc", "no-idc")
"""Which class a score is the probability of."""

_KNOWN: dict[str, tuple[str, ...]] = {
    "path": (
        "imagepath", "filepath", "path", "filename", "file", "imagename", "imagenames", "name",
        "names", "image", "images", "img", "patch", "patchname", "id", "imageid",
    ),
    "patient": ("patient", "patientid", "case", "caseid", "slide", "slideid", "wsi"),
    "x": ("x", "xcoord", "xpx", "col"),
    "y": ("y", "ycoord", "ypx"),
    "label": (
        "label", "labels", "class", "truelabel", "trueclass", "ytrue", "target", "actual",
        "actuallabel", "actualclass", "actualprediction", "groundtruth", "gt", "truth",
    ),
    "idc": (
        "probidc", "pidc", "scoreidc", "idcprob", "idcprobability", "idcscore", "prob1", "p1",
        "score1", "class1prob", "probclass1", "probpositive", "positiveprob", "malignantprob",
    ),
    "no_idc": (
        "probnonidc", "probnoidc", "pnonidc", "nonidcprob", "scorenonidc", "prob0", "p0", "score0",
        "class0prob", "probclass0", "probnegative", "negativeprob", "benignprob",
    ),
    "score": (
        "score", "scores", "prob", "probs", "probability", "probabilities", "yscore", "yprob",
        "predprob", "predictedprobability", "predscore", "predictionscore", "prediction",
        "predictions", "pred", "output",
    ),
    "split": ("split", "set", "subset", "side", "fold"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns; None where there is none. `score_of` is the class of `score`."""

    path: str | None = None
    patient: str | None = None
    x: str | None = None
    y: str | None = None
    label: str | None = None
    score: str | None = None
    other: str | None = None
    split: str | None = None
    score_of: str = "idc"

    def words(self) -> str:
        """The mapping as a sentence."""
        place = (
            f"patch from the file name in “{self.path}”"
            if self.path
            else f"patch from “{self.patient}”, “{self.x}”, “{self.y}”"
        )
        of = "IDC" if self.score_of == "idc" else "no IDC"
        label = f"label from “{self.label}”" if self.label else "label from the file name"
        said = [place, f"probability of {of} from “{self.score}”", label]
        if self.split:
            said.append(f"split from “{self.split}”")
        return f"Read as: {'; '.join(said)}."

    def used(self) -> list[str]:
        """The columns that are read."""
        names = (getattr(self, each.name) for each in fields(self) if each.name != "score_of")
        return list(dict.fromkeys(name for name in names if name is not None))


def guess(samples: Mapping[str, Sequence[str]], asked: Columns | None = None) -> Columns:
    """Guess the columns from their names and some of their values (texts).

    `asked` overrides what is guessed, where it is not None. Raises `Refusal` with the columns there
    are, and the option that names the one missing.
    """
    asked = asked or Columns()
    names = list(samples)
    for each in fields(asked):
        wanted = getattr(asked, each.name)
        if each.name != "score_of" and wanted is not None and wanted not in names:
            raise Refusal(f"expected a column {wanted!r}: the table has {_listed(names)}.")
    found = {kind: _first(names, known) for kind, known in _KNOWN.items()}
    numeric = [name for name in _all(names, _KNOWN["score"]) if _is_score(samples[name])]
    score, other, of = _score(found, numeric, asked)
    guessed = Columns(
        path=found["path"] if asked.patient is None else None,
        patient=found["patient"], x=found["x"], y=found["y"], label=found["label"],
        score=score, other=other, split=found["split"],
        score_of=of,
    )  # fmt: skip
    given = {
        each.name: getattr(asked, each.name)
        for each in fields(asked)
        if each.name != "score_of" and getattr(asked, each.name) is not None
    }
    return _complete(replace(guessed, **given), samples, names)


def _score(
    found: Mapping[str, str | None], numeric: list[str], asked: Columns
) -> tuple[str | None, str | None, str]:
    """The column of the score, that of the other class, and the class of the score."""
    if asked.score is not None:
        backwards = asked.score_of == "no-idc" or asked.score == found["no_idc"]
        return asked.score, None, "no-idc" if backwards else "idc"
    if found["idc"] is not None:
        return found["idc"], found["no_idc"], "idc"
    if found["no_idc"] is not None and not numeric:
        return found["no_idc"], None, "no-idc"
    return (numeric[0] if numeric else None), None, asked.score_of


def _complete(columns: Columns, samples: Mapping[str, Sequence[str]], names: list[str]) -> Columns:
    if columns.score is None:
        raise Refusal(
            "expected a column with a score for each patch, like prob or prob_idc: the table has "
            f"{_listed(names)}. Name it: --score-column NAME."
        )
    by_place = columns.patient and columns.x and columns.y
    if columns.path is None and not by_place:
        raise Refusal(
            "expected a column with the file name of each patch, or the columns patient, x and y: "
            f"the table has {_listed(names)}, which looks like a table of slides or of models, not "
            "of patches. Name it: --path-column NAME."
        )
    if columns.path is not None and not any(_is_patch(text) for text in samples[columns.path]):
        if by_place:
            return replace(columns, path=None)
        raise Refusal(
            f"expected names like 10253_idx5_x1001_y1051_class0.png in the column {columns.path!r}:"
            f" found {str(next(iter(samples[columns.path]), ''))[:60]!r}. Name another: "
            "--path-column NAME."
        )
    if columns.path is None and columns.label is None:
        raise Refusal(
            "expected a column with the label of each patch, as there is no file name to tell it: "
            f"the table has {_listed(names)}. Name it: --label-column NAME."
        )
    return columns


def _first(names: Sequence[str], known: Sequence[str]) -> str | None:
    return next(iter(_all(names, known)), None)


def _all(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Columns so called, the likeliest name first."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), name)
    return [by_name[each] for each in known if each in by_name]


def _is_score(texts: Sequence[str]) -> bool:
    """Numbers that are not all 0 or 1: those would be calls."""
    try:
        numbers = {float(text) for text in texts if text}
    except ValueError:
        return False
    return bool(numbers - {0.0, 1.0})


def _is_patch(text: str) -> bool:
    return re.search(r"_x\d{1,6}_y\d{1,6}", text) is not None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:20]) or "no column"
