"""What the names of columns say: a list of those people write, and their parts otherwise.

A name is read without case and signs: "Image Path" and "image_path" are one name, and
`P(malignant)`, `prob_class1` and `idc_probability` are all the probability of IDC.
"""

import re
from collections.abc import Sequence

from idc_core.data import label_words

KNOWN: dict[str, tuple[str, ...]] = {
    "path": (
        "imagepath",
        "filepath",
        "filepaths",
        "path",
        "paths",
        "filename",
        "filenames",
        "file",
        "files",
        "imagename",
        "imagenames",
        "name",
        "names",
        "image",
        "images",
        "img",
        "imgpath",
        "patch",
        "patchname",
        "patchpath",
        "tile",
        "tilename",
        "id",
        "imageid",
        "url",
        "fname",
    ),
    "patient": (
        "patient",
        "patientid",
        "patientname",
        "case",
        "caseid",
        "slide",
        "slideid",
        "wsi",
        "subject",
        "subjectid",
        "pid",
        "sampleid",
    ),
    "slide": (
        "slide",
        "slideid",
        "slidename",
        "slidefile",
        "slidefilename",
        "wsi",
        "wsiid",
        "wsiname",
        "wsifile",
        "wsifilename",
        "wholeslide",
        "wholeslideimage",
    ),
    "x": (
        "x",
        "xcoord",
        "xpx",
        "xpos",
        "xcoordinate",
        "coordx",
        "posx",
        "col",
        "column",
        "colidx",
        "colindex",
        "columnindex",
        "xindex",
        "left",
        "tilex",
        "patchx",
        "xmin",
        "x0",
    ),
    "y": (
        "y",
        "ycoord",
        "ypx",
        "ypos",
        "ycoordinate",
        "coordy",
        "posy",
        "row",
        "rowidx",
        "rowindex",
        "yindex",
        "top",
        "tiley",
        "patchy",
        "ymin",
        "y0",
    ),
    "truth": (
        "ytrue",
        "truelabel",
        "trueclass",
        "labeltrue",
        "groundtruth",
        "gt",
        "truth",
        "actual",
        "actuallabel",
        "actualclass",
        "actualprediction",
        "target",
        "targets",
        "reference",
        "expected",
        "annotation",
        "groundtruthlabel",
        "gtlabel",
        "true",
    ),
    "label": (
        "label",
        "labels",
        "class",
        "classes",
        "classname",
        "classlabel",
        "labelname",
        "classid",
        "category",
        "diagnosis",
        "tag",
        "isidc",
        "hasidc",
        "idc",
        "iscancer",
        "y",
        "status",
    ),
    "call": (
        "predictedlabel",
        "predlabel",
        "predictedclass",
        "predclass",
        "predictionlabel",
        "predictionclass",
        "ypred",
        "yhat",
        "pred",
        "preds",
        "prediction",
        "predictions",
        "predicted",
        "call",
        "decision",
        "outputclass",
        "argmax",
        "labelpred",
        "classpred",
        "labelpredicted",
        "classpredicted",
        "output",
        "result",
    ),
    "score": (
        "score",
        "scores",
        "prob",
        "probs",
        "proba",
        "probability",
        "probabilities",
        "yscore",
        "yprob",
        "yproba",
        "ypredprob",
        "ypredproba",
        "predprob",
        "predproba",
        "predictedprobability",
        "predscore",
        "predictionscore",
        "predictionprobability",
        "prediction",
        "predictions",
        "pred",
        "preds",
        "ypred",
        "yhat",
        "output",
        "outputs",
        "sigmoid",
        "likelihood",
        "confidence",
        "conf",
        "logit",
        "logits",
    ),
    "split": ("split", "set", "subset", "side", "fold", "partition", "phase", "usage"),
}
_JOINED = {
    "probidc": 1,
    "pidc": 1,
    "scoreidc": 1,
    "idcprob": 1,
    "idcscore": 1,
    "idcprobability": 1,
    "probpositive": 1,
    "positiveprob": 1,
    "malignantprob": 1,
    "probmalignant": 1,
    "probnonidc": 0,
    "probnoidc": 0,
    "pnonidc": 0,
    "nonidcprob": 0,
    "scorenonidc": 0,
    "probnegative": 0,
    "negativeprob": 0,
    "benignprob": 0,
    "probbenign": 0,
}
"""Names written as one word that their parts do not tell."""

SCORE_PARTS = frozenset(
    (
        "prob",
        "probs",
        "proba",
        "probability",
        "probabilities",
        "score",
        "scores",
        "p",
        "pred",
        "preds",
        "prediction",
        "predictions",
        "predicted",
        "y",
        "hat",
        "yhat",
        "softmax",
        "sigmoid",
        "output",
        "outputs",
        "likelihood",
        "value",
        "model",
        "out",
        "mean",
        "avg",
        "average",
        "confidence",
        "conf",
        "certainty",
        "logit",
        "logits",
        "log",
        "percent",
        "percentage",
        "pct",
        "logprob",
        "prc",
    )
)
LABEL_PARTS = frozenset(
    ("true", "truth", "label", "labels", "target", "onehot", "hot", "gt", "ground", "actual", "y")
)


def class_of(name: str, but: frozenset[str] = SCORE_PARTS) -> int | None:
    """The class a name speaks of: 1 for `prob_idc`, `1`, `P(malignant)`; 0 for `prob[0]`.

    >>> [class_of(name) for name in ("prob_idc", "1", "P(malignant)", "prob[0]", "prob_vgg16")]
    [1, 1, 1, 0, None]
    """
    if (joined := _JOINED.get(_bare(name))) is not None:
        return joined
    rest = [part for part in listed_parts(name) if part not in but]
    # A single letter is a model or a fold as often as a class.
    if not rest or any(len(part) == 1 and part.isalpha() for part in rest):
        return None
    found = label_words.meaning(" ".join(rest))
    return found if found in (0, 1) else None


def says_score(name: str) -> bool:
    return bool(parts(name) & SCORE_PARTS) or _bare(name) in _JOINED


def says_idc(name: str) -> bool:
    return not _bare(name).isdigit()


def is_nameless(name: str) -> bool:
    """Whether the table had no name for it, only its number."""
    return re.fullmatch(r"column \d+", name) is not None


def first(names: Sequence[str], known: Sequence[str]) -> str | None:
    return next(iter(all_of(names, known)), None)


def all_of(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Columns so called, the likeliest name first."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(_bare(name), name)
    return [by_name[each] for each in known if each in by_name]


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def listed_parts(name: str) -> list[str]:
    """`probIDC_class1` as its parts: prob, idc, class, 1."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [part.lower() for part in re.findall(r"[^\W\d_]+|\d+", apart)]


def parts(name: str) -> frozenset[str]:
    return frozenset(listed_parts(name))
