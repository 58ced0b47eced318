"""What a worker does with a unit, on whatever engine: score it and write its part, unless the part
is there. One network is opened per process."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from idc_core.batch.parts import PartName, patches_in, write_part
from idc_core.batch.processor import kind_here
from idc_core.batch.unit import ScoreSettings, Unit, content_digest, score_unit
from idc_core.cut.cutting import or_refused
from idc_core.io.files import sha256_of
from idc_core.io.refusal import Refusal, SystemRefused
from idc_core.records.cut_slides import Refused
from idc_core.score.scoring import Scorer


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit that is done: its part, how many patches that holds, and whether it was there."""

    part: PartName
    patches: int
    before: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same for all units. `folder`: of the parts; `model`: the network's file, and its
    SHA-256. Can be sent to other processes and machines, which see the same files."""

    folder: Path
    model: Path
    model_sha256: str
    settings: ScoreSettings
    gpu: bool = False

    def name_of(self, unit: Unit, content: str, processor: str) -> PartName:
        """The part of a unit whose content has this digest."""
        return PartName(content, self.model_sha256, self.settings.digest(unit), processor)

    def __call__(self, unit: Unit) -> Scored | Refused:
        """Score a unit; `Refused` where it cannot be read.

        Raises `Refusal` where no other unit would fare better: the network is another, or the part
        cannot be written.
        """
        scorer = _scorer(self.model, self.model_sha256, self.gpu)
        found = or_refused(unit, lambda: self._found(unit, scorer))
        if isinstance(found, Refused):
            return found
        done, table = found
        if table is not None:
            try:
                write_part(self.folder, done.part, table)
            except SystemRefused as refused:  # which no other process could read
                raise Refusal(str(refused)) from None
        return done

    def _found(self, unit: Unit, scorer: Scorer) -> tuple[Scored, pa.Table | None]:
        part = self.name_of(unit, content_digest(unit), kind_here(gpu=self.gpu))
        there = patches_in(self.folder, part)
        if there is not None:
            return Scored(part, there, before=True), None
        table = score_unit(unit, scorer, self.settings)
        return Scored(part, table.num_rows), table


@lru_cache(maxsize=1)
def _scorer(model: Path, digest: str, gpu: bool) -> Scorer:
    scorer = Scorer(model, threads=1, gpu=gpu)
    found = sha256_of(model)
    if found != digest:
        raise Refusal(
            f"expected the network {digest[:16]} in {model}: a worker found {found[:16]}. Let all "
            "machines see the same folder of runs."
        )
    return scorer
