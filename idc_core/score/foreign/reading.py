"""How a network wants its pixels and how its answer is meant: what no file says.

Conventions: a patch is RGB, 0–255. It is brought into the network's order of channels, then into
its range, then less `mean` and through `std`, both given in that order and that range.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from idc_core.io.refusal import Refusal

Floats = npt.NDArray[np.float32]
Pixels = Literal["0-255", "0-1", "-1-1", "imagenet", "caffe"]
Channels = Literal["rgb", "bgr"]
Answers = Literal["auto", "logits", "probabilities"]

RANGES: dict[str, tuple[float, float]] = {
    "0-255": (1.0, 0.0),
    "0-1": (1 / 255, 0.0),
    "-1-1": (1 / 127.5, -1.0),
}
"""Scale and offset from 0–255 into each range."""

_LIMITS = {"0-255": (0.0, 255.0), "0-1": (0.0, 1.0), "-1-1": (-1.0, 1.0)}
_WORDS = {"0-255": "0–255", "0-1": "0–1", "-1-1": "−1–1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A network's range, channel order, mean and deviation of pixels, and what it answers.

    `idc_class`: of two answers, which is IDC; of one, 0 means that it is that of no IDC.
    """

    pixels: str = "0-255"
    channels: str = "rgb"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    idc_class: int = 1
    answers: str = "auto"
    output: str | None = None

    @property
    def scale(self) -> tuple[float, float, float]:
        """What a pixel 0–255 is multiplied by, a channel, in the network's order."""
        by = RANGES[self.pixels][0]
        return tuple(by / each for each in self.std or (1.0,) * 3)  # type: ignore[return-value]

    @property
    def offset(self) -> tuple[float, float, float]:
        """What is added to it then."""
        start = RANGES[self.pixels][1]
        parts = zip(self.mean or (0.0,) * 3, self.std or (1.0,) * 3, strict=True)
        return tuple((start - mean) / std for mean, std in parts)  # type: ignore[return-value]

    @property
    def is_plain(self) -> bool:
        """Whether pixels go in as they are stored."""
        return self.is_rgb and set(self.scale) == {1.0} and set(self.offset) == {0.0}

    @property
    def is_rgb(self) -> bool:
        return self.channels == "rgb"

    def prepared(self, patches: Floats) -> Floats:
        """Patches (n, h, w, 3), RGB 0–255, as the network wants them.

        >>> Reading(channels="bgr", mean=(3, 2, 1)).prepared(np.float32([[[[9, 8, 7]]]])).tolist()
        [[[[4.0, 6.0, 8.0]]]]
        """
        ordered = patches if self.is_rgb else patches[..., ::-1]
        scale, offset = (np.array(each, np.float32) for each in (self.scale, self.offset))
        found: Floats = ordered * scale + offset
        return found

    def stored(self, prepared: Floats) -> Floats:
        """The pixels 0–255, RGB, that `prepared` would make these of."""
        back = (prepared.astype(np.float64) - np.array(self.offset)) / np.array(self.scale)
        found: Floats = (back if self.is_rgb else back[..., ::-1]).astype(np.float32)
        return found

    def options(self) -> str:
        """As it is said on the command line.

        >>> PRESETS["caffe"].options()
        '--pixels caffe'
        """
        for name, preset in PRESETS.items():
            if self.pixels_alone() == preset.pixels_alone():
                return f"--pixels {name}"
        said = [f"--pixels {self.pixels}"]
        if not self.is_rgb:
            said.append(f"--channels {self.channels}")
        if self.mean:
            said.append("--mean " + ",".join(f"{each:g}" for each in self.mean))
        if self.std:
            said.append("--std " + ",".join(f"{each:g}" for each in self.std))
        return " ".join(said)

    def pixels_alone(self) -> "Reading":
        """The same pixels, whatever the answer means."""
        return Reading(pixels=self.pixels, channels=self.channels, mean=self.mean, std=self.std)

    def words(self) -> str | None:
        """What is done to pixels, as a sentence; None where nothing is."""
        if self.is_plain:
            return None
        parts = [] if self.is_rgb else ["put in the order blue, green, red"]
        if self.pixels != "0-255":
            parts.append(f"brought from 0–255 to {_WORDS[self.pixels]}")
        if self.mean:
            parts.append("less the mean " + ", ".join(f"{each:g}" for each in self.mean))
        if self.std:
            parts.append("divided by " + ", ".join(f"{each:g}" for each in self.std))
        return f"Pixels are {', '.join(parts)}."

    def record(self) -> dict[str, Any]:
        """As `run.json` and the child's orders hold it."""
        return {
            "pixels": self.pixels,
            "channels": self.channels,
            "mean": list(self.mean),
            "std": list(self.std),
            "idc_class": self.idc_class,
            "answers": self.answers,
            "output": self.output,
        }


PRESETS: dict[str, Reading] = {
    **{name: Reading(pixels=name) for name in RANGES},
    "imagenet": Reading(pixels="0-1", mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    "caffe": Reading(channels="bgr", mean=(103.939, 116.779, 123.68)),
}
"""What `--pixels` may name: a range, or what torchvision and Keras's "caffe" networks learnt on."""


def reading_of(
    pixels: str = "0-255",
    *,
    channels: str | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    idc_class: int = 1,
    answers: str = "auto",
    output: str | None = None,
) -> Reading:
    """The reading that the options declare; `channels`, `mean` and `std` go before a preset's.

    Raises `Refusal` for unknown names, other than one or three numbers, or a mean that lies outside
    the range.
    """
    if pixels not in PRESETS:
        raise Refusal(f"expected --pixels as one of {', '.join(PRESETS)}: found {pixels!r}.")
    if channels not in (None, *get_args(Channels)):
        raise Refusal(f"expected --channels rgb or bgr: found {channels!r}.")
    if answers not in get_args(Answers):
        raise Refusal(f"expected --answers as one of {', '.join(get_args(Answers))}: {answers!r}.")
    if idc_class not in (0, 1):
        raise Refusal(f"expected --idc-class 0 or 1: found {idc_class}.")
    preset = PRESETS[pixels]
    found = replace(
        preset,
        channels=channels or preset.channels,
        mean=preset.mean if mean is None else _three("--mean", mean),
        std=preset.std if std is None else _three("--std", std),
        idc_class=idc_class,
        answers=answers,
        output=output,
    )
    low, high = _LIMITS[found.pixels]
    if any(not low <= each <= high for each in found.mean):
        raise Refusal(
            f"expected a mean within the range of the pixels, {_WORDS[found.pixels]}: found "
            f"{', '.join(f'{each:g}' for each in found.mean)}. The mean is of pixels in the range "
            "that --pixels names."
        )
    if any(each <= 0 for each in found.std):
        raise Refusal(f"expected a deviation above 0: found {min(found.std):g}.")
    return found


def numbers(option: str, text: str | None) -> tuple[float, ...] | None:
    """The numbers of an option like `0.485,0.456,0.406`; None where it was not given.

    >>> numbers("--mean", "0.5")
    (0.5, 0.5, 0.5)
    """
    if text is None:
        return None
    try:
        found = [float(each) for each in text.replace(";", ",").split(",")]
    except ValueError:
        raise Refusal(f"expected {option} as 0.5 or as 0.485,0.456,0.406: {text!r}.") from None
    return _three(option, found)


def _three(option: str, given: Sequence[float]) -> tuple[float, ...]:
    found = tuple(float(each) for each in given)
    if len(found) not in (1, 3) or not np.isfinite(found).all():
        raise Refusal(f"expected one number or three for {option}: found {list(given)}.")
    return found * 3 if len(found) == 1 else found


def from_record(record: Mapping[str, Any]) -> Reading:
    """What `Reading.record` made."""
    return Reading(**{**record, "mean": tuple(record["mean"]), "std": tuple(record["std"])})
