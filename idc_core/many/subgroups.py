"""Subgroups of a split whose predictions are too many for memory: those that patients form.

A patient's patches are all of one stratum, so counts a patient are counts a stratum and patient,
and pairs that were counted by stratum (`ranks`) give every ROC-AUC, in a stratum and in the rest.
"""

import numpy as np

from idc_core.evaluate.slices.attributes import STRATA, of_strata, strata_of
from idc_core.evaluate.slices.table import Areas, OfPatients, area_of
from idc_core.many.stored import Stored
from idc_core.metrics.areas import LeftOut, of_pairs
from idc_core.metrics.curves import Numbers
from idc_core.records.raster import Raster


def by_burden(found: Stored, raster: Raster) -> OfPatients:
    """Patients by how much of their patches is labelled IDC."""
    strata = strata_of(found.sums["idc"], found.sums["idc"] + found.sums["others"])
    note = f"Share of the patient's patches in this run that are labelled {raster.positive}."
    return OfPatients(of_strata(np.zeros(0, np.int8), note, raster), strata, found.counted)


def areas(found: Stored) -> Areas:
    """ROC-AUC of each stratum, and its difference from the rest."""
    sums = found.sums
    strata = strata_of(sums["idc"], sums["idc"] + sums["others"])
    made = []
    for at in range(len(STRATA)):
        own = (strata == at).astype(np.float64)
        groups = np.arange(len(STRATA)) == at
        inside, rest = _area(found, own, groups), _area(found, 1 - own, ~groups)
        made.append(area_of(inside, rest, sums["idc"] * own, sums["others"] * own))
    return made


def _area(found: Stored, patients: Numbers, groups: "np.ndarray") -> LeftOut:
    """Of the patients that are 1, who are those of the groups."""
    won, lost = found.pairs[:, groups].sum(axis=1) * patients
    own = (found.sums[name] * patients for name in ("within", "idc", "others"))
    return of_pairs(won, lost, *own)
