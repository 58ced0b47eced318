"""Areas under the curves and what each patient adds to them, from patches that come in the order of
their scores, lowest first.

All that `metrics.areas` counts in memory is counted as it goes by: how many patches lie below is
known, and with the totals of the split how many lie above. The patches of one score belong
together however many there are; while they come they are held as counts a patient, not as rows.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from idc_core.metrics.areas import EXACT_STEPS, Numbers

Owner = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """The distinct scores of IDC patches, falling; how many have each, and how many patches of all
    have it or a higher one."""

    scores: Numbers
    gain: Numbers
    called: Numbers


@dataclass(frozen=True, slots=True)
class Ranked:
    """Pairs a patient, ties half: those its IDC patches win (`won`), those its others lose
    (`lost`), each by the group of the patient that the other patch is of, (groups, patients);
    average precision, and how it grows with each patient's weight.

    `steps`: where they are few enough for average precision without each patient to be exact.
    """

    won: Numbers
    lost: Numbers
    precision: float
    weight: Numbers
    steps: Steps | None


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a patch of each of several rising scores adds to average precision, one with IDC and
    another."""

    idc: Numbers
    other: Numbers


@dataclass(slots=True)
class Ranking:
    """Takes batches by rising score (`add`), then tells (`finish`).

    `idc`, `others`: patches with and without IDC of each patient, of the whole split. `group`: the
    group that each patient is of, one of `groups`.
    """

    idc: Owner
    others: Owner
    group: Owner
    groups: int
    _won: Numbers = field(init=False)
    _lost: Numbers = field(init=False)
    _added: Numbers = field(init=False)
    _held: Owner = field(init=False)
    _score: float = -math.inf
    _in_group: Owner = field(init=False)
    _group_below: Owner = field(init=False)
    _idc_below: int = 0
    _others_below: int = 0
    _per_call: float = 0.0
    _per_call_right: float = 0.0
    _precise: list[float] = field(default_factory=list)
    _steps: list[Steps] | None = field(default_factory=list)
    _steps_left: int = field(init=False)

    def __post_init__(self) -> None:
        many = len(self.idc)
        self._won, self._lost = (np.zeros((self.groups, many)) for _ in range(2))
        self._added = np.zeros(many)
        self._in_group = self._by_group(np.stack([self.idc, self.others]))
        self._group_below = np.zeros((2, self.groups), np.int64)
        self._held = np.zeros((2, many), np.int64)
        self._steps_left = EXACT_STEPS // max(1, many)

    def add(self, patient: Owner, is_idc: Mask, score: Numbers) -> None:
        """Patches whose scores rise and are not below those that came before."""
        if not len(score):
            return
        new = np.append(score[0] != self._score, score[1:] != score[:-1])
        starts = np.flatnonzero(new)
        if not len(starts):
            self._hold(patient, is_idc)
            return
        first, last = int(starts[0]), int(starts[-1])
        self._hold(patient[:first], is_idc[:first])
        self._settle()
        self._count(patient[first:last], is_idc[first:last], score[first:last], starts[:-1] - first)
        self._score = float(score[last])
        self._hold(patient[last:], is_idc[last:])

    def finish(self) -> Ranked:
        """After the last batch."""
        self._settle()
        total = int(self.idc.sum())
        value = math.fsum(self._precise) / total if total else math.nan
        weight = (self._added - self.idc * value) / total if total else self._added * math.nan
        return Ranked(self._won, self._lost, value, weight, self._few_steps())

    def _hold(self, patient: Owner, is_idc: Mask) -> None:
        """Keep patches of the score that is under way."""
        for at, own in enumerate((is_idc, ~is_idc)):
            self._held[at] += np.bincount(patient[own], minlength=len(self.idc))

    def _settle(self) -> None:
        """Count the patches that are held: no more of their score come."""
        idc, others = self._held
        both = np.array([idc.sum()]), np.array([others.sum()])
        if not both[0] + both[1]:
            return
        worth = self._worth(*both, np.array([self._score]))
        won, lost = self._pairs(self._by_group(self._held)[:, :, None])
        self._won += idc * won
        self._lost += others * lost
        self._added += idc * worth.idc[0] + others * worth.other[0]
        self._held[:] = 0

    def _count(self, patient: Owner, is_idc: Mask, score: Numbers, starts: Owner) -> None:
        """Count all patches of whole scores, which begin at `starts`."""
        if not len(starts):
            return
        sizes = np.diff(np.append(starts, len(score)))
        idc = np.add.reduceat(is_idc.astype(np.int64), starts)
        worth = self._worth(idc, sizes - idc, score[starts])
        whose = np.repeat(np.arange(len(starts)), sizes)
        group = self.group[patient]
        held = np.array(
            [
                [np.add.reduceat(own & (group == at), starts, dtype=np.int64) for at in self._each]
                for own in (is_idc, ~is_idc)
            ]
        )
        for own, pairs, total in zip(
            (is_idc, ~is_idc), self._pairs(held), (self._won, self._lost), strict=True
        ):
            mine, row = patient[own], whose[own]
            for at in self._each:
                total[at] += np.bincount(mine, pairs[at][row], minlength=len(self.idc))
        added = np.where(is_idc, worth.idc[whose], worth.other[whose])
        self._added += np.bincount(patient, added, minlength=len(self.idc))

    @property
    def _each(self) -> range:
        return range(self.groups)

    def _by_group(self, patches: Owner) -> Owner:
        """Patches a group, of patches a patient; (2, patients) → (2, groups)."""
        found = [np.bincount(self.group, each, minlength=self.groups) for each in patches]
        return np.array(found).astype(np.int64)

    def _pairs(self, held: Owner) -> tuple[Numbers, Numbers]:
        """Pairs that a patch with IDC of each of several rising scores wins, and that another
        loses, by the group of the other patch, (groups, scores).

        `held`: patches with and without IDC that have these scores, (2, groups, scores); they are
        behind then.
        """
        below = self._group_below[:, :, None] + np.cumsum(held, axis=2) - held
        self._group_below = below[:, :, -1] + held[:, :, -1]
        won = below[1] + held[1] / 2
        lost = self._in_group[0][:, None] - below[0] - held[0] / 2
        return won, lost

    def _worth(self, idc: Owner, others: Owner, scores: Numbers) -> _Worth:
        """Of rising scores that so many patches with and without IDC have; they are behind then."""
        idc_below = self._idc_below + np.cumsum(idc) - idc
        others_below = self._others_below + np.cumsum(others) - others
        all_idc, all_others = int(self.idc.sum()), int(self.others.sum())
        true = all_idc - idc_below
        called = (true + all_others - others_below).astype(np.float64)
        precision = true / called
        per_call = np.cumsum(np.append(self._per_call, idc / called))[1:]
        right = np.cumsum(np.append(self._per_call_right, idc * precision / called))[1:]
        self._idc_below, self._others_below = (
            int(idc_below[-1] + idc[-1]),
            int(others_below[-1] + others[-1]),
        )
        self._per_call, self._per_call_right = float(per_call[-1]), float(right[-1])
        self._precise.append(float(idc @ precision))
        self._keep_steps(idc, called, scores)
        return _Worth(
            idc=per_call - right + precision,
            other=-right,
        )

    def _keep_steps(self, idc: Owner, called: Numbers, scores: Numbers) -> None:
        own = idc > 0
        self._steps_left -= int(own.sum())
        if self._steps_left < 0:
            self._steps = None
        if self._steps is not None:
            self._steps.append(Steps(scores[own], idc[own].astype(np.float64), called[own]))

    def _few_steps(self) -> Steps | None:
        if not self._steps or not self.idc.any():
            return None
        falling = self._steps[::-1]
        return Steps(
            np.concatenate([each.scores[::-1] for each in falling]),
            np.concatenate([each.gain[::-1] for each in falling]),
            np.concatenate([each.called[::-1] for each in falling]),
        )
