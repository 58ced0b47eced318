"""Which files are patches: what the folders say, and whether the names agree.

Two layouts are read, at any depth:

- Kaggle's: `<patient>/<0|1>/<name>.png`; its archive holds the whole tree a second time, nested.
- The seed's: `training|validation|testing/<0|1>/<name>.png`; the patient is read from the name.

Nothing is guessed: where folder and name disagree, or two files claim one place with two labels,
neither is taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from idc_core.patches import PatchName, parse_name
from idc_core.refusal import Refusal
from idc_core.sides import WORDS
from idc_core.sources import Reject


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file whose name and folders make it a patch; `side` is what the seed's layout says."""

    file: str
    name: PatchName
    prefix: str
    side: str | None


def place(file: str, source_name: str) -> Candidate | Reject:
    """Read one file's name and folders. `source_name` stands in where the source is one folder.

    >>> place("10253/0/10253_idx5_x1001_y1051_class0.png", "idc").name.x
    1001
    """
    *folders, base = file.split("/")
    try:
        name = parse_name(base)
    except Refusal as refused:
        return Reject(file, "name", str(refused))
    if len(folders) < 2:
        folders = [source_name, *folders]
    if len(folders) < 2 or folders[-1] not in {"0", "1"}:
        return Reject(file, "layout", "expected to lie in <patient>/<0|1>/")
    owner, label = folders[-2:]
    side = WORDS.get(owner)
    if owner != name.patient and side is None:
        found = f"the folder says {owner!r}, the name {name.patient!r}"
        return Reject(file, "patient_disagrees", found)
    if label != str(name.label):
        found = f"the folder says {label}, the name {name.label}"
        return Reject(file, "class_disagrees", found)
    return Candidate(file, name, "/".join(folders[:-2]), None if owner == name.patient else side)


def place_all(files: Iterable[str], source_name: str) -> tuple[list[Candidate], list[Reject]]:
    """Read all files; raises `Refusal` where two layouts are mixed."""
    candidates: list[Candidate] = []
    rejects: list[Reject] = []
    for file in files:
        placed = place(file, source_name)
        if isinstance(placed, Candidate):
            candidates.append(placed)
        else:
            rejects.append(placed)
    sided = sum(candidate.side is not None for candidate in candidates)
    if 0 < sided < len(candidates):
        raise Refusal(
            f"expected one layout: found {len(candidates) - sided:,} patches in patient folders "
            f"and {sided:,} in folders of a split. Name one of the two trees."
        )
    return candidates, rejects


def settle(
    candidates: Iterable[Candidate], equal: Callable[[str, str], bool]
) -> tuple[list[Candidate], list[Reject]]:
    """Leave one file a place, sorted by patient, y, x; `equal` compares two files' bytes.

    The outermost copy stays. A copy below it is `nested_copy`; any other is `same_name`, and where
    the two differ neither stays. Two labels for one place are a `label_conflict`: both go.
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


def _spot(candidate: Candidate) -> tuple[str, int, int]:
    name = candidate.name
    return name.patient, name.y, name.x


def _order(candidate: Candidate) -> tuple[str, int, int, int, str]:
    name = candidate.name
    return name.patient, name.y, name.x, candidate.file.count("/"), candidate.file


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
        if _is_below(other.prefix, first.prefix) and first.side is None:
            rejects.append(Reject(other.file, "nested_copy", f"copy of {first.file}"))
        elif equal(first.file, other.file):
            rejects.append(Reject(other.file, "same_name", f"same bytes as {first.file}"))
        else:
            keep_first = False
            rejects.append(Reject(other.file, "same_name", f"other bytes than {first.file}"))
    if not keep_first:
        rejects.append(Reject(first.file, "same_name", "another file of this name differs"))
    return ([first] if keep_first else []), rejects


def _is_below(prefix: str, outer: str) -> bool:
    return prefix != outer and (not outer or prefix.startswith(outer + "/"))
