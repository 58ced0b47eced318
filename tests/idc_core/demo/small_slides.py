"""Three small slides of two patients: quick to draw, with all that the large ones have."""

from dataclasses import replace

from idc_core.demo.slide_plans import SLIDES, SlidePlan


def _small(slide: SlidePlan) -> SlidePlan:
    """A quarter of a millimetre high, without much glass."""
    plan = replace(slide.plan, width=84, height=64, cover=0.7, vessels=2)
    return replace(slide, plan=plan)


_BY_NAME = {each.slide: _small(each) for each in SLIDES}
SPARED = replace(
    _BY_NAME["demo-s6a"],
    plan=replace(_BY_NAME["demo-s6a"].plan, burden=0.7, spared=(0.5, 0.5, 14)),
)
HALF_SEEN = _BY_NAME["demo-s6b"]
FOLDED = replace(_BY_NAME["demo-s7"], plan=replace(_BY_NAME["demo-s7"].plan, split="train"))
SMALL = (SPARED, HALF_SEEN, FOLDED)
