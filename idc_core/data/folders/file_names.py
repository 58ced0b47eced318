"""Names of patch files as people have them: in capitals, as JPEG, copied by a browser or a system.

`patches.parse_name` knows the one name that is written; here others that say the same are read too.
What a name adds to it is told, never dropped: a mark of a copy is compared with the file it was
copied from, and a word of augmentation makes no second patch of the same place.
"""

import re
from dataclasses import dataclass

from idc_core.data.augmented import is_of_augmentation
from idc_core.data.patches import INDEX, LABEL, PatchName, parse_name, place
from idc_core.io.refusal import Refusal

IMAGES = frozenset({"png", "jpg", "jpeg", "jpe", "tif", "tiff", "bmp", "gif", "webp"})
"""Endings of files that may be meant as patches; what they really hold, the decoder says."""

ARCHIVES = frozenset({"zip", "tar", "gz", "tgz", "7z", "rar", "bz2", "xz", "zst"})

ARCHIVE = "an archive inside the source, which is not opened"

_UNPLACED = "named by augmentation, and not by the patient and place that it shows"

_SYSTEM = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory"})
_LIKE = re.compile(
    rf"(?P<patient>.+?){INDEX}{place()}{LABEL}(?P<tail>.*)\.(?P<suffix>[a-z0-9]{{1,5}})",
    re.IGNORECASE,
)
_COPIED = "copy|kopie|copie|copia|kopia"
_AGAIN = re.compile(
    rf"(?:[ _]?\(\d{{1,3}}\)|(?:[ _]?[-–][ _]?|[ _])(?:{_COPIED})(?:[ _]?\(?\d{{1,3}}\)?)?|\.png)+",
    re.IGNORECASE,
)
_COPY_OF = re.compile(rf"(?:{_COPIED})[ _](?:\(\d+\)[ _])?(?:of|von|de|di)[ _]", re.IGNORECASE)
_PATIENT = re.compile(r"[\w()+#~-][\w.()+#~-]{0,63}")


class NameRefused(Refusal):
    """A name that is no patch's; `reason` is a short code, the message says it in a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says; `again`: it is marked as a copy of a file, like `… (1).png`."""

    name: PatchName
    again: bool = False


def read_name(base: str) -> FileName:
    """Read a file's name (no folder); raises `NameRefused` with the true cause.

    >>> read_name("10253_idx5_x1001_y1051_class0 (1).PNG")
    FileName(name=PatchName(patient='10253', x=1001, y=1051, label=0), again=True)
    """
    try:
        return FileName(parse_name(base))
    except Refusal as refused:
        sentence = str(refused)
    if is_of_system(base):
        raise NameRefused("system_file", "a file of the system, no patch")
    match = _LIKE.fullmatch(base)
    if match is None or match["suffix"].lower() not in IMAGES:
        kind = kind_of(base)
        if kind == "name" and is_of_augmentation(base.rpartition(".")[0], needs_word=True):
            raise NameRefused("augmented_unplaced", _UNPLACED)
        raise NameRefused(kind, ARCHIVE if kind == "archive" else sentence)
    patient, tail = match["patient"], match["tail"]
    of = _COPY_OF.match(patient)
    patient = patient[of.end() :] if of else patient
    if not _PATIENT.fullmatch(patient):
        raise NameRefused("name", _which_sign(patient))
    name = PatchName(patient, int(match["x"]), int(match["y"]), int(match["label"]))
    if not tail or _AGAIN.fullmatch(tail):
        return FileName(name, bool(tail or of))
    if is_of_augmentation(tail):
        raise NameRefused(
            "augmented_copy",
            f"an augmented copy of {name}, as {tail!r} says: left out, for training makes its own. "
            f"To keep it, name it as a patient: {patient}{tail}_idx5_x{name.x}_y{name.y}"
            f"_class{name.label}.png.",
        )
    raise NameRefused("name", sentence)


def is_of_system(base: str) -> bool:
    """Whether a file was left by a system beside others' files: `._a.png`, `.DS_Store`."""
    return base.startswith("._") or base.lower() in _SYSTEM


def place_in(base: str) -> PatchName | None:
    """Whose patch a file's name means, whatever else it says; None where it means none."""
    match = _LIKE.fullmatch(base)
    if match is None:
        return None
    return PatchName(match["patient"], int(match["x"]), int(match["y"]), int(match["label"]))


def kind_of(base: str) -> str:
    """What an ending says of a file whose name says no patch: a picture with another `name`, an
    `archive`, or `no_patch` at all.

    >>> [kind_of(base) for base in ("a.png", "a.zip", "readme.txt")]
    ['name', 'archive', 'no_patch']
    """
    suffix = base.rpartition(".")[2].lower()
    return "archive" if suffix in ARCHIVES else "name" if suffix in IMAGES else "no_patch"


def _which_sign(patient: str) -> str:
    if len(patient) > 64:
        return f"expected a patient's name of at most 64 signs: found {len(patient)}."
    wrong = next((sign for sign in patient if not _PATIENT.fullmatch(sign)), patient[0])
    return (
        "expected letters, digits and - _ . ( ) + # ~ in a patient's name: found "
        f"{wrong!r} (U+{ord(wrong):04X}) in {patient[:80]!r}."
    )
