"""Maps of evidence from gradients of the one logit.

The score is a sigmoid of one logit, so there is no second class to explain: what raises the logit
is evidence for IDC, what lowers it against. Formulas:

- Grad-CAM: Selvaraju et al. 2017 (ICCV, doi 10.1109/ICCV.2017.74), both signs kept apart
- Layer-CAM: Jiang et al. 2021 (IEEE TIP, doi 10.1109/TIP.2021.3089943), once for the logit, once
  for its opposite
- integrated gradients: Sundararajan, Taly & Yan 2017 (ICML, arXiv 1703.01365), summed over colours

Input everywhere: float32 pixels 0-255, (n, 50, 50, 3). Answers: for and against, (n, h, w), >= 0.
"""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from idc_core.io.progress import TellCount
from idc_core.io.refusal import Refusal
from idc_core.nn.rewire import Rewired, rewired

Maps = npt.NDArray[np.float32]
Pair = tuple[Maps, Maps]

BLOCK = 32
STEPS = 64
"""Points on the way from the baseline; the gap to the exact sum is handed out, not assumed."""


class Gradients:
    """A network ready to be asked for gradients."""

    def __init__(self, model: keras.Model) -> None:
        """Raises `Refusal` if `model` does not answer with one logit a patch."""
        if model.output_shape[1:] != (1,):
            raise Refusal(f"expected one logit a patch: the network answers {model.output_shape}.")
        self.wired: Rewired = rewired(model)
        self._parts: dict[str, Any] = {}

    @property
    def layers(self) -> list[str]:
        """Names of the layers that have places, from the patch to the logit."""
        return [name for name, tensor in self.wired.answers.items() if _has_places(tensor)]

    def grad_cam(self, pixels: Maps, layer: str) -> Pair:
        """Channels weighted with the mean gradient over all places."""
        pairs = []
        for some in _blocks(pixels):
            activation, gradient = self.at(layer, some)
            weight = gradient.mean(axis=(1, 2), keepdims=True)
            pairs.append(_apart((weight * activation).sum(axis=3)))
        return _joined(pairs)

    def layer_cam(self, pixels: Maps, layer: str) -> Pair:
        """Channels weighted place by place with the positive part of the gradient."""
        pairs = []
        for some in _blocks(pixels):
            activation, gradient = self.at(layer, some)
            pro = (np.maximum(gradient, 0) * activation).sum(axis=3)
            con = (np.maximum(-gradient, 0) * activation).sum(axis=3)
            pairs.append((np.maximum(pro, 0), np.maximum(con, 0)))
        return _joined(pairs)

    def integrated(
        self, pixels: Maps, baseline: Maps, steps: int = STEPS, progress: TellCount | None = None
    ) -> tuple[Pair, Maps]:
        """For and against a pixel, and the gap (n,): their sum less the true change of the logit.

        `baseline` (n, 50, 50, 3) is where the way begins. Midpoint rule.
        """
        pairs, gaps = [], []
        for at, (patch, start) in enumerate(zip(pixels, baseline, strict=True)):
            total = np.zeros_like(patch, np.float64)
            for first in range(0, steps, BLOCK):
                some = np.arange(first, min(first + BLOCK, steps), dtype=np.float32)
                way = start + (patch - start) * ((some + 0.5) / steps)[:, None, None, None]
                total += self._to_pixels(way).sum(axis=0, dtype=np.float64)
                if progress is not None:
                    progress(at * steps + int(some[-1]) + 1, len(pixels) * steps)
            signed = ((patch - start) * total / steps).sum(axis=2)
            ends = self.logits(np.stack([start, patch]))
            pairs.append(_apart(signed[None].astype(np.float32)))
            gaps.append(float(signed.sum()) - float(ends[1] - ends[0]))
        return _joined(pairs), np.array(gaps, np.float32)

    def at(self, layer: str, pixels: Maps) -> tuple[Maps, Maps]:
        """A layer's answer and the logit's gradient to it, both (n, h, w, channels).

        Raises `Refusal` for a layer without places, or one the logit does not depend on.
        """
        if layer not in self.layers:
            raise Refusal(
                f"expected a layer with places, one of {', '.join(self.layers)}: {layer}."
            )
        part = self._parts.get(layer) or self._parts.setdefault(layer, self.wired.up_to(layer))
        given = tf.constant(pixels)
        with tf.GradientTape() as tape:
            tape.watch(given)  # or layers before the first weight would not be recorded
            activation, logit = part(given, training=False)
        gradient = tape.gradient(logit, activation)
        if gradient is None:
            raise Refusal(f"expected the logit to depend on {layer}: it has no gradient to it.")
        return np.asarray(activation), np.asarray(gradient)

    def logits(self, pixels: Maps) -> Maps:
        """(n,) logits."""
        return np.asarray(self.wired.model(tf.constant(pixels), training=False))[:, 0]

    def _to_pixels(self, pixels: Maps) -> Maps:
        given = tf.constant(pixels)
        with tf.GradientTape() as tape:
            tape.watch(given)
            logit = self.wired.model(given, training=False)
        return np.asarray(tape.gradient(logit, given))


def _has_places(tensor: Any) -> bool:
    return len(tensor.shape) == 4 and tensor.shape[1] * tensor.shape[2] > 1


def _blocks(pixels: Maps) -> list[Maps]:
    return [pixels[start : start + BLOCK] for start in range(0, len(pixels), BLOCK)]


def _apart(signed: Maps) -> Pair:
    return np.maximum(signed, 0), np.maximum(-signed, 0)


def _joined(pairs: list[Pair]) -> Pair:
    pro, con = zip(*pairs, strict=True)
    return np.concatenate(pro).astype(np.float32), np.concatenate(con).astype(np.float32)
