"""A promise beside what was measured, printed in one form and kept for `docs/speed.md`."""

from dataclasses import dataclass

MADE: list["Promise"] = []
"""Every promise that was judged in this process, in order."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`measured` and `promised` in `unit`; `at_least`: the promise is a lower bound."""

    name: str
    measured: float
    promised: float
    unit: str
    at_least: bool = False
    detail: str = ""

    @property
    def kept(self) -> bool:
        """Whether it was kept; a figure that is not a number is a miss.

        >>> Promise("opened", 0.9, 1.0, " s").kept, Promise("speed", 1.4, 1.5, "×", True).kept
        (True, False)
        """
        if self.at_least:
            return self.measured >= self.promised
        return self.measured <= self.promised

    @property
    def bound(self) -> str:
        """What was promised, in words."""
        return f"{'at least' if self.at_least else 'at most'} {self.promised:,g}{self.unit}"

    @property
    def value(self) -> str:
        """What was measured, with as many digits as tell it from its bound."""
        digits = 0 if self.measured >= 100 else 2 if self.promised >= 0.1 else 4
        return f"{self.measured:,.{digits}f}{self.unit}"

    def __str__(self) -> str:
        said = f"{self.name}: {self.value} ({self.bound}) {'ok' if self.kept else 'MISS'}"
        return f"{said}  {self.detail}" if self.detail else said


def judge(
    name: str,
    measured: float,
    promised: float,
    unit: str,
    *,
    at_least: bool = False,
    detail: str = "",
) -> bool:
    """Print what was measured beside what was promised; whether it was kept."""
    made = Promise(name, measured, promised, unit, at_least, detail)
    MADE.append(made)
    print(made, flush=True)
    return made.kept
