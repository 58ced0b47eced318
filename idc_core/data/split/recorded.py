"""A split's rule as a store's manifest records it."""

from collections.abc import Sequence

from idc_core.data.split.match import match
from idc_core.data.split.splits import AsTheyAre, ByPatient, FromFolders, SplitRule
from idc_core.records.manifest import Split


def recorded(rule: SplitRule, patients: Sequence[str]) -> Split:
    """Where the splits of these patients come from; of a given split whom it does not name."""
    if isinstance(rule, ByPatient):
        return Split(kind="by patient", fractions=list(rule.fractions), seed=rule.seed)
    if isinstance(rule, FromFolders):
        return Split(kind="folders")
    if isinstance(rule, AsTheyAre):
        return Split(kind="as they are")
    matched = match(rule, list(patients))
    return Split(
        kind="given",
        source=rule.source,
        patients_not_named=len(matched.unnamed),
        named_but_absent=len(matched.absent),
        notes=[*rule.notes, *matched.notes],
    )
