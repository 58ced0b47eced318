"""Which files are patches: what the names say, and whether the folders agree.

The file's name says patient, place and label (`file_names`); folders of any layout confirm
(`folder_words`), and may say the split. Kaggle's archive holds its tree a second time,
nested.

Nothing is guessed: where folder and name disagree, or two files claim one place with two labels,
neither is taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from idc_core.data.folders.file_names import FileName, NameRefused, read_name
from idc_core.data.folders.folder_words import NEITHER, Folders, Said
from idc_core.data.folders.sources import Reject
from idc_core.data.patches import PatchName


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file whose name and folders make it a patch. `split`: what its folders say; `prefix`: the
    folders outside of what they say; `again`: its name is marked as a copy; `augmented`: its
    folders are for augmented copies."""

    file: str
    name: PatchName
    prefix: str
    split: str | None
    again: bool = False
    augmented: bool = False


def place_all(files: Iterable[str], source_name: str) -> tuple[list[Candidate], list[Reject]]:
    """Read all files' names and folders. `source_name` is what the whole source is called."""
    rejects: list[Reject] = []
    read: list[tuple[str, str, FileName]] = []
    held: dict[str, dict[str, list[int]]] = {}
    for file in files:
        folder, _, base = file.rpartition("/")
        try:
            found = read_name(base)
        except NameRefused as refused:
            reason = "system_file" if file.startswith("__MACOSX/") else refused.reason
            rejects.append(Reject(file, reason, str(refused)))
            continue
        read.append((file, folder, found))
        own = held.setdefault(folder, {})
        own.setdefault(found.name.patient, [0, 0])[found.name.label] += 1
    folders = Folders(held, source_name)
    candidates: list[Candidate] = []
    for file, folder, found in read:
        said = folders.said(folder, found.name.patient)
        why = _disagrees(found.name, said)
        if why is not None:
            rejects.append(Reject(file, *why))
            continue
        candidates.append(
            Candidate(file, found.name, said.prefix, said.split, found.again, said.augmented)
        )
    return candidates, rejects


def _disagrees(name: PatchName, said: Said) -> tuple[str, str] | None:
    if said.stranger is not None:
        found = f"the folder says {said.stranger!r}, the name {name.patient!r}"
        return "patient_disagrees", found
    if said.label is None or said.label == name.label:
        return None
    meant = "" if said.label == NEITHER or said.word == str(said.label) else f" ({said.label})"
    return "class_disagrees", f"the folder says {said.word}{meant}, the name {name.label}"


def resolve_duplicates(
    candidates: Iterable[Candidate], equal: Callable[[str, str], bool]
) -> tuple[list[Candidate], list[Reject]]:
    """Leave one file a place, sorted by patient, y, x; `equal` compares two files' bytes.

    The outermost copy stays, before those marked as copies. A copy below it is `nested_copy`, one
    marked by a browser or system `browser_copy`, one among augmented copies `augmented_copy`; any
    other is `same_name`, and where the two differ neither stays. Two labels for one place are a
    `label_conflict`: all go.
    """
    ordered = sorted(candidates, key=_order)
    taken: list[Candidate] = []
    rejects: list[Reject] = []
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and _spot(ordered[end]) == _spot(ordered[start]):
            continue
        if end - start == 1:
            taken.append(ordered[start])
        else:
            kept, gone = _settle_one(ordered[start:end], equal)
            taken.extend(kept)
            rejects.extend(gone)
        start = end
    return taken, rejects


def second_copies(
    files: Iterable[str], source_name: str, equal: Callable[[str, str], bool]
) -> list[Reject]:
    """Files that are copies of others in the same source: the archive's second tree, and copies
    that a browser or system made."""
    _, rejects = resolve_duplicates(place_all(files, source_name)[0], equal)
    return [each for each in rejects if each.reason in ("nested_copy", "browser_copy")]


def _spot(candidate: Candidate) -> tuple[str, int, int]:
    name = candidate.name
    return name.patient, name.y, name.x


def _order(candidate: Candidate) -> tuple[str, int, int, bool, bool, int, str]:
    name, file = candidate.name, candidate.file
    marks = candidate.augmented, candidate.again
    return name.patient, name.y, name.x, *marks, file.count("/"), file


def _settle_one(
    claims: list[Candidate], equal: Callable[[str, str], bool]
) -> tuple[list[Candidate], list[Reject]]:
    first, *others = claims
    if len({claim.name.label for claim in claims}) > 1:
        files = " and ".join(claim.file for claim in claims[:2])
        found = f"two labels: {files}"
        return [], [Reject(claim.file, "label_conflict", found) for claim in claims]
    rejects = []
    keep_first = True
    for other in others:
        if other.augmented and not first.augmented:
            found = f"its folder is for augmented copies; {first.file} is taken"
            rejects.append(Reject(other.file, "augmented_copy", found))
        elif other.again and not first.again:
            same = equal(first.file, other.file)
            found = f"same bytes as {first.file}" if same else f"other bytes than {first.file}"
            rejects.append(Reject(other.file, "browser_copy" if same else "copy_differs", found))
        elif _is_below(other.prefix, first.prefix) and first.split is None:
            rejects.append(Reject(other.file, "nested_copy", f"copy of {first.file}"))
        elif equal(first.file, other.file):
            kind = "nested_copy" if _is_below(other.prefix, first.prefix) else "same_name"
            rejects.append(Reject(other.file, kind, f"same bytes as {first.file}"))
        else:
            keep_first = False
            rejects.append(Reject(other.file, "same_name", f"other bytes than {first.file}"))
    if not keep_first:
        rejects.append(Reject(first.file, "same_name", "another file of this name differs"))
    return ([first] if keep_first else []), rejects


def _is_below(prefix: str, outer: str) -> bool:
    return prefix != outer and (not outer or prefix.startswith(outer + "/"))
