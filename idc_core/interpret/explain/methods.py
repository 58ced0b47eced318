"""The methods in words: what each shows, where it misleads, what it needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """`key` as requests and addresses name it."""

    key: str
    name: str
    shows: str
    misleads: str
    of_layer: bool
    needs_gradients: bool


METHODS = (
    Method(
        "grad_cam",
        "Grad-CAM",
        "where the channels of a layer are active that raise (or lower) the logit on average",
        "one weight a channel for the whole patch: it can light places whose own effect is nil, "
        "and in early layers it says little",
        of_layer=True,
        needs_gradients=True,
    ),
    Method(
        "layer_cam",
        "Layer-CAM",
        "the same with a weight for every place, so that earlier, finer layers say something",
        "adds up parts of a gradient that cancel each other out: for and against can both be "
        "large where the sum is small",
        of_layer=True,
        needs_gradients=True,
    ),
    Method(
        "occlusion",
        "Occlusion",
        "how much the logit falls (or rises) when a square is covered",
        "what is put over the tissue is a picture of its own: compare the fills; pairs of places "
        "that can stand in for each other look unimportant",
        of_layer=False,
        needs_gradients=False,
    ),
    Method(
        "integrated",
        "Integrated gradients",
        "how the logit's change from an empty patch is shared out over the pixels",
        "depends on what counts as empty, and is grainy: read regions, not pixels",
        of_layer=False,
        needs_gradients=True,
    ),
)
