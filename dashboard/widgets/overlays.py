"""The overlays of a slide: one record each.

The address and the browser know an overlay by its key and its rule, the user by its label. Another
overlay of a known rule is one record in `OVERLAYS`; another rule is a line in `colour` of
`slide_squares.js` and its legend in `views/patients/legend.py`.
"""

from dataclasses import dataclass
from typing import Literal

Rule = Literal["outcome", "score", "predicted", "near", "label", "nothing"]
"""How the browser colours a square."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """`kinds`: outcomes that get a colour, where the rule is `outcome`. `labelled`: it needs
    labels, and is not offered on a slide without them."""

    key: str
    label: str
    rule: Rule
    kinds: tuple[str, ...] = ()
    labelled: bool = True

    @property
    def contour(self) -> bool:
        """Whether the threshold is drawn as a contour; outcome colours show it already."""
        return self.rule in ("score", "near", "label")


SCORE = Overlay("score", "score", "score", labelled=False)
TISSUE = Overlay("tissue", "tissue only", "nothing", labelled=False)
OVERLAYS = (
    Overlay("outcome", "outcome", "outcome", kinds=("tp", "fn", "fp", "tn", "unlabelled")),
    Overlay("errors", "errors only", "outcome", kinds=("fn", "fp")),
    SCORE,
    Overlay("predicted", "prediction", "predicted", labelled=False),
    Overlay("near", "near the threshold", "near", labelled=False),
    Overlay("label", "label", "label"),
    TISSUE,
)


def of(key: str) -> Overlay:
    """The overlay with a key."""
    return next(each for each in OVERLAYS if each.key == key)


def words(*, labelled: bool = True) -> dict[str, str]:
    """Labels by key; `labelled`: whether the slide has labels.

    >>> list(words(labelled=False).values())
    ['score', 'prediction', 'near the threshold', 'tissue only']
    """
    return {each.key: each.label for each in OVERLAYS if labelled or not each.labelled}
