"""A network opened for looking inside: its graph, read once, and the questions asked of it."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from idc_core.interpret.graph.cost import Cost, costs
from idc_core.interpret.graph.separable import Separable, Worked, followers, separable_of, work_out
from idc_core.io.refusal import Refusal
from idc_core.score.network_graph import Graph, graph_of
from idc_core.score.scoring import Scorer


class Anatomy:
    """What a `Scorer`'s network is made of."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._names = tuple(layer.name for layer in scorer.layers)

    @cached_property
    def costs(self) -> dict[str, Cost]:
        """Multiply-adds and receptive field by layer."""
        return costs(self._scorer.content, self._names)

    @cached_property
    def separables(self) -> dict[str, Separable]:
        """The separable convolutions by layer, from the patch to the logit."""
        found = {name: separable_of(self._graph, name, self._nodes[name]) for name in self._names}
        return {name: parts for name, parts in found.items() if parts is not None}

    def middle(self, layer: str, patch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """What lies between the two steps of a separable convolution, (h, w, channels)."""
        parts = self._parts(layer)
        found = self._scorer.tensors([parts.middle], patch)[parts.middle]
        return np.moveaxis(found, 0, 2)

    def work_out(
        self, layer: str, channel: int, place: tuple[int, int], patch: npt.NDArray[np.uint8]
    ) -> Worked:
        """One number of a separable convolution for a patch (50, 50, 3), step by step.

        Raises `Refusal` for another layer, channel or place than there is.
        """
        parts = self._parts(layer)
        following = followers(self._scorer.layers, layer)
        names = [layer, *(each.name for each in following)]
        values = self._scorer.tensors([parts.given, *names], patch)
        rows, columns, units = values[layer].shape
        if not (0 <= channel < units and 0 <= place[0] < rows and 0 <= place[1] < columns):
            raise Refusal(
                f"expected a channel below {units} and a place below {rows}, {columns}: "
                f"found {channel} at {place}."
            )
        pairs = [(each, self._nodes[each.name]) for each in following]
        return work_out(parts, channel, place, values[parts.given], pairs, self._graph, values)

    def _parts(self, layer: str) -> Separable:
        if layer not in self.separables:
            raise Refusal(f"expected a separable convolution: {layer} is none.")
        return self.separables[layer]

    @cached_property
    def _graph(self) -> Graph:
        return graph_of(self._scorer.content)

    @cached_property
    def _nodes(self) -> dict[str, list[object]]:
        return self._graph.of_layers(self._names)
