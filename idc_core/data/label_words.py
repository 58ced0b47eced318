"""What people write where a label is meant: 1, `IDC(+)`, `class_0`, `Non-Cancerous`, `[0. 1.]`.

A word is read by its parts, so that `positive_IDC`, `IDC positive` and `idc(+)` are one. What is
not understood is never guessed: it is handed back with its count, as a question.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from idc_core.data.known_labels import UNLABELLED
from idc_core.io.refusal import Refusal

OPTION = "--label-words"

_IDC = frozenset(
    (
        "idc",
        "cancer",
        "cancerous",
        "cancers",
        "carcinoma",
        "malignant",
        "malignancy",
        "malign",
        "tumor",
        "tumour",
        "tumors",
        "tumours",
        "tumorous",
        "tumourous",
        "tumoral",
        "tumoural",
        "neoplastic",
        "invasive",
        "ductal",
        "diseased",
        "abnormal",
        "lesion",
        "positive",
        "pos",
        "positiv",
        "positif",
        "positivo",
        "positiva",
        "yes",
        "y",
        "true",
        "t",
        "present",
        "p",
        "m",
        "ja",
        "oui",
        "si",
        "plus",
        "maligno",
        "maligna",
        "bösartig",
        "krebs",
        "恶性",
        "阳性",
        "癌",
        "是",
    )
)
_OTHER = frozenset(
    (
        "benign",
        "normal",
        "healthy",
        "negative",
        "neg",
        "negativ",
        "negatif",
        "negativo",
        "negativa",
        "false",
        "f",
        "absent",
        "n",
        "b",
        "nein",
        "minus",
        "benigno",
        "benigna",
        "gutartig",
        "gesund",
        "良性",
        "阴性",
        "正常",
        "否",
    )
)
_NOT = frozenset(("non", "no", "not", "without", "un", "keine", "kein", "nicht", "sin", "sans"))
_KINDS = frozenset(
    (
        "idc",
        "cancer",
        "cancerous",
        "cancers",
        "carcinoma",
        "tumor",
        "tumour",
        "tumors",
        "tumours",
        "tumorous",
        "tumourous",
        "tumoral",
        "tumoural",
        "malignancy",
        "invasive",
        "ductal",
        "neoplastic",
        "diseased",
        "lesion",
    )
)
"""What may be there or not: `no cancer`, `cancer negative`; but nobody says `non-positive`."""
_FILLERS = frozenset(
    (
        "class",
        "label",
        "labels",
        "cls",
        "category",
        "cat",
        "target",
        "patch",
        "patches",
        "tissue",
        "breast",
        "area",
        "region",
        "cell",
        "cells",
        "type",
        "is",
        "has",
        "of",
        "the",
        "int",
        "float",
        "tensor",
        "np",
        "int8",
        "int32",
        "int64",
        "float32",
        "float64",
    )
)
_UNKNOWN = frozenset(
    (
        "",
        "na",
        "n/a",
        "#n/a",
        "nan",
        "null",
        "none",
        "nil",
        "unknown",
        "unlabelled",
        "unlabeled",
        "no label",
        "not labelled",
        "missing",
        "?",
        "??",
        "-1",
        "-1.0",
        "undefined",
        "undetermined",
        "unclear",
        "not available",
        "<na>",
        "tbd",
        ".",
        "--",
        "unbekannt",
        "inconnu",
    )
)
_MINUS = "-−–—"


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words of a column mean (1, 0, `UNLABELLED`), and those that mean nothing yet."""

    meanings: Mapping[str, int]
    unknown: Mapping[str, int]


def understand(counts: Mapping[str, int], given: Mapping[str, int] | None = None) -> Understood:
    """Read the words of a column, each with its count; `given` says what some of them mean.

    >>> understand({"+": 3, "-": 2, "perhaps": 1})
    Understood(meanings={'+': 1, '-': 0}, unknown={'perhaps': 1})
    """
    said = {_plain(word): label for word, label in (given or {}).items()}
    signs = any(_plain(word) == "+" for word in counts)
    meanings, unknown = {}, {}
    for word, count in counts.items():
        plain = _plain(word)
        # A lone minus beside a plus is no IDC; alone it is how an empty cell is drawn.
        label = UNLABELLED if plain == "-" and not signs else meaning(word)
        label = said.get(plain, label)
        if label is None:
            unknown[word] = count
        else:
            meanings[word] = label
    return Understood(meanings, dict(sorted(unknown.items(), key=lambda pair: -pair[1])))


def meaning(word: str) -> int | None:
    """1 for IDC, 0 for no IDC, `UNLABELLED` for nothing said; None where it is not understood.

    >>> [meaning(word) for word in ("IDC(+)", "Non-Cancerous", "LABEL_1", "[1. 0.]", "NA", "DCIS")]
    [1, 0, 1, 0, -1, None]
    """
    plain = _plain(word)
    if plain in _UNKNOWN:
        return UNLABELLED
    number = _number(plain)
    if number is not None:
        return {1.0: 1, 0.0: 0, -1.0: UNLABELLED}.get(number)
    hot = re.fullmatch(r"([01])(?:\.0*)?[\s,;]+([01])(?:\.0*)?", plain)
    if hot:
        return {("0", "1"): 1, ("1", "0"): 0}.get((hot[1], hot[2]))
    if plain in ("+", "-"):
        return int(plain == "+")
    return _of_parts(plain)


def given_words(text: str | None) -> dict[str, int]:
    """Read the option: `tumurous=idc, begin=no-idc, maybe=unlabelled`.

    >>> given_words("tumurous=idc; Begin=no-idc, perhaps=unlabelled")
    {'tumurous': 1, 'Begin': 0, 'perhaps': -1}
    """
    found: dict[str, int] = {}
    for pair in re.split(r"[,;]", text or ""):
        if not pair.strip():
            continue
        word, _, label = pair.rpartition("=")
        said = meaning(label) if word.strip() else None
        if said is None:
            raise Refusal(
                f'expected words like "tumurous=idc, begin=no-idc, perhaps=unlabelled" for {OPTION}'
                f": found {pair.strip()[:60]!r}."
            )
        found[word.strip()] = said
    return found


def asked_about(unknown: Mapping[str, int], *, most: int = 4) -> str:
    """Words that are not understood, each with its count.

    >>> asked_about({"Maligent": 366, "Begin": 754})
    '“Begin” (754 rows), “Maligent” (366 rows)'
    """
    ranked = sorted(unknown.items(), key=lambda pair: -pair[1])
    said = [
        f"“{word[:40]}” ({count:,} {'row' if count == 1 else 'rows'})"
        for word, count in ranked[:most]
    ]
    more = len(ranked) - most
    return ", ".join(said) + (f" and {more:,} more" if more > 0 else "")


def answer(unknown: Iterable[str], known: Iterable[int] = ()) -> str:
    """The option as it could be typed for these words, beside the labels that are `known`.

    >>> answer(["Maligent", "Begin"]), answer(["2"], [0, 1])
    ('--label-words "Maligent=idc, Begin=no-idc"', '--label-words "2=unlabelled"')
    """
    there = set(known)
    ends = [word for label, word in ((1, "idc"), (0, "no-idc")) if label not in there]
    ends.append("unlabelled")
    pairs = [f"{word[:40]}={end}" for word, end in zip(unknown, ends, strict=False)]
    return f'{OPTION} "{", ".join(pairs)}"'


def _plain(word: str) -> str:
    """Lower case, without brackets and quotes around it; minus signs are one sign."""
    text = unicodedata.normalize("NFKC", str(word)).strip().lower()
    text = re.sub(r"^b(?=['\"])", "", text)
    while len(text) > 1 and (text[0] + text[-1] in ("[]", "()", "{}", "''", '""', "<>", "“”")):
        text = text[1:-1].strip(" ,")
    return re.sub(f"[{_MINUS}]", "-", text)


def _number(plain: str) -> float | None:
    try:
        return float(plain)
    except ValueError:
        return None


def _of_parts(plain: str) -> int | None:
    """Read by parts: a kind, whether it is there, and a sign or digit behind it."""
    sign = re.search(r"(?<=[a-z0-9\s(\[])[(\[]?\s*([+-])\s*[)\]]?$", plain)
    body = plain[: sign.start()] if sign else plain
    parts = re.findall(r"[^\W\d_]+|\d+(?:\.0+)?", _apart(body))
    parts = [part for part in parts if part not in _FILLERS or not part.isalpha()]
    votes: set[int] = {int(sign[1] == "+")} if sign else set()
    kinds = [part for part in parts if part in _KINDS]
    denied = any(part in _NOT for part in parts)
    for part in parts:
        if part[0].isdigit():
            if float(part) not in (0, 1):
                return None
            votes.add(int(float(part)))
        elif part in _NOT or part in kinds:
            continue
        elif part in _IDC or part in _OTHER:
            votes.add(int(part in _IDC))
        else:
            return None
    if denied:
        # “no” alone is an answer; “not benign” is a riddle.
        kinds = kinds or [part for part in parts if part == "malignant"]
        others = votes - {1} if "malignant" in parts else votes
        return 0 if others <= {0} and (kinds or parts in (["no"], ["non"])) else None
    if kinds and not votes:
        return 1
    return votes.pop() if len(votes) == 1 else None


def _apart(text: str) -> str:
    """`nonidc` and `noncancerous` as two words."""
    return re.sub(rf"\b(non|no|not)(?={'|'.join(sorted(_KINDS | {'malignant'}))})", r"\1 ", text)
