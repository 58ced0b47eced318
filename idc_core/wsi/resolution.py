"""How fine a slide's patches are beside those that the network was trained on, in words."""

from dataclasses import dataclass

from idc_core.records.run_info import RunInfo

SAME = 0.05
"""Share by which two resolutions may differ and still count as one."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """µm per pixel: of the file as it says itself, as somebody gave it, of the patches, and of the
    patches that the network was trained on; None where it is not known."""

    file: float | None
    given: float | None
    patches: float
    trained: float | None

    @property
    def differs(self) -> bool:
        """Whether the patches are finer or coarser than those of the training."""
        return self.trained is not None and abs(self.patches / self.trained - 1) > SAME

    def sentence(self) -> str:
        """
        >>> print(Resolution(0.5, None, 8.0, 4.0).sentence())
        The file has 0.5 µm per pixel, its patches 8, and the model was trained at 4: tissue looks \
2 times as small as in training.
        >>> print(Resolution(None, 0.5, 4.0, None).sentence())
        The file does not say its µm per pixel (0.5 as given), its patches have 4, and what the \
model was trained at is not recorded: whether they fit is not known.
        """
        if self.file is not None:
            source = f"The file has {self.file:.3g} µm per pixel, its patches"
        else:
            given = "" if self.given is None else f" ({self.given:.3g} as given)"
            source = f"The file does not say its µm per pixel{given}, its patches have"
        source += f" {self.patches:.3g}, and"
        if self.trained is None:
            return (
                f"{source} what the model was trained at is not recorded: whether they fit is not "
                "known."
            )
        said = f"{source} the model was trained at {self.trained:.3g}"
        if not self.differs:
            return f"{said}."
        times = self.patches / self.trained
        size, by = ("small", times) if times > 1 else ("large", 1 / times)
        return f"{said}: tissue looks {by:.2g} times as {size} as in training."

    def record(self) -> dict[str, float | None]:
        """As a saved slide's `origin` holds it, beside `um_per_px` of its patches."""
        return {"file_um_per_px": self.file, "given_um_per_px": self.given}


def trained_um(info: RunInfo) -> float | None:
    """µm per pixel of a run's training patches; None where it is not recorded."""
    known = info.pixel_size_um
    return known if known is not None and known > 0 else None
