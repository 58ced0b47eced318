"""The pages: one record each, read by the navigation, the bar, the tests and the benchmarks."""

from dataclasses import dataclass
from typing import Literal

Need = Literal["labels", "network"] | None

_SPLIT = ("run", "split")
_CUT = (*_SPLIT, "threshold")
_PATCH = (*_CUT, "patient", "patch")


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    `key`: its address and its folder in `views`. `section`: the heading that it stands under.
    `question`: what a user comes with. `takes`: the parts of the selection that its figures follow.
    `needs`: what a run must have for the page to show more than a sentence: labels to judge by, or
    a network to ask.
    `judging`: it shows what the model gets wrong at the threshold of the bar, so that on test a
    threshold not shown before is a look. `intervals`: it prints them, from all patients of the
    split; a page whose intervals come from fewer of them says itself how many.
    """

    key: str
    title: str
    icon: str
    section: str
    question: str
    takes: tuple[str, ...]
    needs: Need = None
    judging: bool = False
    intervals: bool = False

    @property
    def file(self) -> str:
        """Its script, from the folder of the dashboard, as `st.switch_page` takes it."""
        return f"views/{self.key}/page.py"


PAGES = (
    Page(
        key="overview",
        title="Overview",
        icon="home",
        section="",
        question="How good is this run, and where should one look?",
        takes=_CUT,
        judging=True,
        intervals=True,
    ),
    Page(
        key="training",
        title="Training",
        icon="show_chart",
        section="The run",
        question="Did training go well, and which run is better?",
        takes=("run",),
    ),
    Page(
        key="data",
        title="Data",
        icon="database",
        section="The run",
        question="What is this data set, and can its split be trusted?",
        takes=("run",),
    ),
    Page(
        key="threshold",
        title="Threshold",
        icon="tune",
        section="How good is it?",
        question="What does this threshold find, and what does it cost?",
        takes=_CUT,
        needs="labels",
        judging=True,
        intervals=True,
    ),
    Page(
        key="calibration",
        title="Calibration",
        icon="straighten",
        section="How good is it?",
        question="Do the scores mean what they say?",
        takes=_SPLIT,
        needs="labels",
        intervals=True,
    ),
    Page(
        key="clinic",
        title="Clinic",
        icon="stethoscope",
        section="How good is it?",
        question="What would this threshold mean in the clinic?",
        takes=_CUT,
        needs="labels",
        judging=True,
        intervals=True,
    ),
    # It may have thresholds of its own, and counts its looks itself.
    Page(
        key="compare",
        title="Compare",
        icon="compare_arrows",
        section="How good is it?",
        question="Which of two models is better, and what does it break?",
        takes=_CUT,
        needs="labels",
    ),
    Page(
        key="patients",
        title="Patients",
        icon="grid_view",
        section="Review",
        question="Where do model and label disagree, and what does it look like there?",
        takes=_PATCH,
        needs="labels",
        judging=True,
    ),
    Page(
        key="labels",
        title="Labels",
        icon="label",
        section="Review",
        question="Which labels are probably wrong?",
        takes=_CUT,
        needs="labels",
        intervals=True,
    ),
    Page(
        key="readers",
        title="Readers",
        icon="group",
        section="Review",
        question="Do readers agree with the labels, the model, and each other?",
        takes=_SPLIT,
        needs="labels",
    ),
    Page(
        key="slices",
        title="Slices",
        icon="donut_small",
        section="Where and why?",
        question="Where does the model fail?",
        takes=_CUT,
        needs="labels",
        judging=True,
        intervals=True,
    ),
    Page(
        key="burden",
        title="Burden",
        icon="percent",
        section="Where and why?",
        question="How much of each patient is IDC, by label and by model?",
        takes=_CUT,
        needs="labels",
        judging=True,
    ),
    Page(
        key="regions",
        title="Regions",
        icon="blur_on",
        section="Where and why?",
        question="Which tumour areas are hit, which are missed, and what is a false alarm?",
        takes=_CUT,
        needs="labels",
        judging=True,
    ),
    Page(
        key="similar",
        title="Similar",
        icon="hub",
        section="Where and why?",
        question="What does the network think looks like this?",
        takes=_PATCH,
        needs="labels",
    ),
    Page(
        key="feature_maps",
        title="Feature maps",
        icon="layers",
        section="Inside the network",
        question="What does the network see in this patch? Every layer's channels, live.",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="explain",
        title="Explain",
        icon="center_focus_strong",
        section="Inside the network",
        question="What speaks for IDC in this patch, what against, and may the map be believed?",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="channel",
        title="Channel",
        icon="layers_clear",
        section="Inside the network",
        question="What does this channel answer to, and what would be lost without it?",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="steps",
        title="Steps",
        icon="calculate",
        section="Inside the network",
        question="How does one number of a separable convolution come about?",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="pair",
        title="Pair",
        icon="compare",
        section="Inside the network",
        question="Where does the network begin to tell these two patches apart?",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="predict",
        title="Predict",
        icon="upload_file",
        section="Try it",
        question="What does the model say of these patches?",
        takes=_CUT,
        needs="network",
    ),
    Page(
        key="robustness",
        title="Robustness",
        icon="exercise",
        section="Try it",
        question="How much does this answer bear?",
        takes=_PATCH,
        needs="network",
    ),
    Page(
        key="slide",
        title="Slide",
        icon="biotech",
        section="Try it",
        question="What does the model say of this slide?",
        takes=("run", "threshold"),
        needs="network",
    ),
    Page(
        key="quiz",
        title="Quiz",
        icon="quiz",
        section="Try it",
        question="Would you have called it?",
        takes=_CUT,
        needs="labels",
    ),
)
_BY_KEY = {page.key: page for page in PAGES}


def of(key: str) -> Page:
    """By a page's address; the front page is the overview. Raises `KeyError` for no page."""
    return _BY_KEY[key or "overview"]
