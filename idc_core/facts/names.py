"""How files and tables that leave the program name a patient.

With `IDC_HASH_IDS=1` a patient is a hash everywhere in what is exported: in names of files and in
the files. The hash keeps rows of one patient together. It is a pseudonym, not secrecy: who knows
all keys can hash them all.
"""

import hashlib
import os
import re
from pathlib import PurePosixPath

SWITCH = "IDC_HASH_IDS"
_IN_FILE_NAME = re.compile(
    r"(?<![\w.()+#~-])[\w()+#~-][\w.()+#~-]{0,127}?(?=_idx\d)", re.IGNORECASE
)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def hashed() -> bool:
    """Whether exports name patients by hash."""
    return os.environ.get(SWITCH) == "1"


def mark(patient: str) -> str:
    """Twelve digits that stand for a patient.

    >>> mark("10253")
    'b0dd537a4543'
    """
    return hashlib.sha256(patient.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def shown(patient: str) -> str:
    """A patient as an export names it: its key, or its hash."""
    return mark(patient) if hashed() and patient else patient


def told(text: str, patient: str | None = None) -> str:
    """A name of a patch or a file as an export gives it: its patient is a key, or its hash."""
    if not hashed():
        return text
    text = _IN_FILE_NAME.sub(lambda found: mark(found[0]), text)
    return text.replace(patient, mark(patient)) if patient else text


def slide_file(name: str) -> str:
    """A slide's file as an export gives it: where ids are hashed, only its ending is kept.

    A file of a patch, whose name says its place too, is named as `told` does.
    """
    if not hashed() or _IN_FILE_NAME.search(name):
        return told(name)
    path = PurePosixPath(name)
    return mark(path.stem) + path.suffix


def file_part(patient: str) -> str:
    """The same for the name of a file; a key that is no plain word is hashed always."""
    return mark(patient) if hashed() or not _KEY.fullmatch(patient) else patient
