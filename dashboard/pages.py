"""The pages: one record each, read by the navigation, the bar, the tests and the benchmarks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

Need = Literal["labels", "network"] | None

PRODUCT = "IDC Review"
PURPOSE = "Check a breast-cancer patch classifier: how good, where wrong, and why"

TAB = "tab"
"""The name in the address under which a page with several tabs says which of them is open."""

_SPLIT = ("run", "split")
_CUT = (*_SPLIT, "threshold")
_PATCH = (*_CUT, "patient", "patch")


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views of a page, each with a question of its own.

    `key`: in the address. `was`: the address of the page that it was before. `takes`: the parts of
    the selection that its figures follow, if not those of its page. `intervals`: as of a page, if
    not as its page has it. `terms`: keys of the glossary that it uses beside those of its page.
    """

    key: str
    title: str
    question: str
    was: str = ""
    takes: tuple[str, ...] | None = None
    intervals: bool | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    `key`: its address and, with `_` for `-`, its folder in `views`. `section`: the heading that it
    stands under. `question`: what a user comes with. `takes`: the parts of the selection that its
    figures follow. `needs`: what a run must have for the page to show more than a sentence: labels
    to judge by, or a network to ask. `judging`: it shows what the model gets wrong at the threshold
    of the bar, so that on test a threshold not shown before is a look. `intervals`: it prints them,
    from all patients of the split; a page whose intervals come from fewer of them says itself how
    many. `tabs`: its views, if it has several. `was`: an address that it had before. `terms`: keys
    of the glossary (`idc_core/facts/glossary.py`) that it uses, explained at its head.
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
    tabs: tuple[Tab, ...] = ()
    was: str = ""
    terms: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Its folder in `views`."""
        return self.key.replace("-", "_")

    @property
    def file(self) -> str:
        """Its script, from the folder of the dashboard, as `st.switch_page` takes it."""
        return f"views/{self.folder}/page.py"

    @property
    def tab_words(self) -> dict[str, str]:
        """Its tabs' titles by their keys."""
        return {tab.key: tab.title for tab in self.tabs}


@dataclass(frozen=True, slots=True)
class View:
    """A page with one of its tabs open, or a page that has none: what can be looked at."""

    page: Page
    tab: Tab | None = None

    @property
    def key(self) -> str:
        """How the program names it: `page` or `page/tab`."""
        return f"{self.page.key}/{self.tab.key}" if self.tab else self.page.key

    @property
    def file(self) -> str:
        """The script of its page."""
        return self.page.file

    @property
    def query(self) -> dict[str, str]:
        """What the address must say beside the selection, to open it."""
        return {TAB: self.tab.key} if self.tab else {}

    @property
    def tab_key(self) -> str:
        """Its tab's key; empty for a page without tabs."""
        return self.tab.key if self.tab else ""

    def address(self, **query: str) -> str:
        """Its address from the server's root, with what else it shall say.

        >>> view("network/pair").address(run="demo")
        '/network?tab=pair&run=demo'
        """
        said = self.query | query
        return f"/{self.page.key}?{urlencode(said)}" if said else f"/{self.page.key}"

    @property
    def title(self) -> str:
        """What the browser's tab says.

        >>> view("calibration").title, view("operating-point/clinic").title
        ('Calibration · IDC Review', 'Clinical use · Operating point · IDC Review')
        """
        tab = [self.tab.title] if self.tab else []
        return " · ".join([*tab, self.page.title, PRODUCT])

    @property
    def question(self) -> str:
        """What a user comes with."""
        return self.tab.question if self.tab else self.page.question

    @property
    def takes(self) -> tuple[str, ...]:
        """The parts of the selection that its figures follow."""
        own = self.tab.takes if self.tab else None
        return self.page.takes if own is None else own

    @property
    def intervals(self) -> bool:
        """Whether it prints intervals from all patients of the split."""
        own = self.tab.intervals if self.tab else None
        return self.page.intervals if own is None else own

    @property
    def terms(self) -> tuple[str, ...]:
        """Keys of the glossary that it uses, each once."""
        own = self.tab.terms if self.tab else ()
        return tuple(dict.fromkeys((*self.page.terms, *own)))


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
        terms=(
            "idc",
            "patch",
            "split",
            "threshold",
            "operating_point",
            "interval",
            "roc_auc",
            "balanced_accuracy",
            "f1",
            "sensitivity",
            "specificity",
        ),
    ),
    Page(
        key="patients",
        title="Patients",
        icon="grid_view",
        section="",
        question="Where do model and label disagree, and what does it look like there?",
        takes=_PATCH,
        judging=True,
        terms=(
            "slide",
            "patch",
            "score",
            "threshold",
            "tp",
            "fn",
            "fp",
            "tn",
            "burden",
            "label_error_score",
            "field",
            "blinded_review",
        ),
    ),
    Page(
        key="operating-point",
        title="Operating point",
        icon="tune",
        section="How good is it?",
        question="Which threshold, and what would it mean in use?",
        takes=_CUT,
        needs="labels",
        judging=True,
        intervals=True,
        terms=(
            "threshold",
            "operating_point",
            "exploratory",
            "look",
            "sensitivity",
            "specificity",
            "precision",
            "interval",
        ),
        tabs=(
            Tab(
                key="threshold",
                title="Threshold",
                question="What does this threshold find, and what does it cost?",
                was="threshold",
                terms=(
                    "tp",
                    "fn",
                    "fp",
                    "tn",
                    "npv",
                    "accuracy",
                    "balanced_accuracy",
                    "f1",
                    "mcc",
                    "fbeta",
                    "roc_auc",
                    "pr_auc",
                    "workload",
                    "reclassified",
                ),
            ),
            Tab(
                key="clinic",
                title="Clinical use",
                question="What would this threshold mean in the clinic?",
                was="clinic",
                terms=(
                    "prevalence",
                    "ppv_at_prevalence",
                    "npv_at_prevalence",
                    "likelihood_ratio_positive",
                    "likelihood_ratio_negative",
                    "net_benefit",
                    "net_benefit_less_calling_all",
                    "selective_prediction",
                ),
            ),
        ),
    ),
    Page(
        key="calibration",
        title="Calibration",
        icon="straighten",
        section="How good is it?",
        question="Can the scores be read as probabilities?",
        takes=_SPLIT,
        needs="labels",
        intervals=True,
        terms=(
            "score",
            "calibration",
            "reliability_diagram",
            "brier",
            "ece",
            "calibration_in_the_large",
            "calibration_off",
            "calibration_slope",
            "calibration_joint_intercept",
            "recalibration",
            "interval",
        ),
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
        terms=(
            "paired_difference",
            "threshold",
            "sensitivity",
            "specificity",
            "roc_auc",
            "reclassified",
            "interval",
        ),
    ),
    Page(
        key="failures",
        title="Failure patterns",
        icon="donut_small",
        section="What goes wrong?",
        question="Where does the model fail?",
        takes=_CUT,
        needs="labels",
        judging=True,
        intervals=True,
        terms=("threshold", "interval"),
        tabs=(
            Tab(
                key="subgroups",
                title="Subgroups",
                question="Where does the model fail?",
                was="slices",
                terms=(
                    "subgroup",
                    "prevalence",
                    "sensitivity",
                    "specificity",
                    "balanced_accuracy",
                    "f1",
                ),
            ),
            Tab(
                key="areas",
                title="Tumour areas",
                question="Which tumour areas are hit, which are missed, and what is a false alarm?",
                was="regions",
                intervals=False,
                terms=(
                    "lesion",
                    "froc",
                    "regions_found",
                    "false_alarm_regions",
                    "froc_score",
                    "smoothing",
                    "border_distance",
                ),
            ),
            Tab(
                key="burden",
                title="Burden",
                question="How much of each patient is IDC, by label and by model?",
                was="burden",
                intervals=False,
                terms=(
                    "burden",
                    "bias",
                    "lower_limit",
                    "upper_limit",
                    "next_patient",
                    "icc",
                    "weighted_kappa",
                ),
            ),
        ),
    ),
    Page(
        key="labels",
        title="Suspect labels",
        icon="label",
        section="What goes wrong?",
        question="Which labels are probably wrong?",
        takes=_CUT,
        needs="labels",
        intervals=True,
        terms=("label", "label_error_score", "out_of_fold", "field"),
    ),
    Page(
        key="readers",
        title="Reader agreement",
        icon="group",
        section="What goes wrong?",
        question="Do readers agree with the labels, the model, and each other?",
        takes=_SPLIT,
        needs="labels",
        terms=("kappa", "blinded_review", "label", "interval"),
    ),
    Page(
        key="network",
        title="Inside the network",
        icon="layers",
        section="Why?",
        question="What does the network see in this patch?",
        takes=_PATCH,
        needs="network",
        terms=("score", "channel"),
        tabs=(
            Tab(
                key="maps",
                title="Feature maps",
                question="What does each layer of the network see in this patch?",
                was="feature_maps",
                terms=("feature_map", "receptive_field"),
            ),
            Tab(
                key="evidence",
                title="Evidence",
                question="What evidence is there for and against IDC? Are the maps faithful?",
                was="explain",
                terms=("evidence", "faithfulness"),
            ),
            Tab(
                key="steps",
                title="Steps",
                question="How is one value of a separable convolution computed?",
                was="steps",
                terms=("feature_map", "separable_convolution"),
            ),
            Tab(
                key="pair",
                title="Pair",
                question="In which layer does the network begin to tell two patches apart?",
                was="pair",
                terms=("feature_map", "embedding"),
            ),
            Tab(
                key="channels",
                title="Channels",
                question="What activates this channel in all data, and what is lost without it?",
                was="channel",
                terms=("channel_auc", "roc_auc"),
            ),
        ),
    ),
    Page(
        key="similar",
        title="Look-alikes",
        icon="hub",
        section="Why?",
        question="Which patches does the network consider most similar to this one?",
        takes=_PATCH,
        needs="labels",
        terms=("embedding", "score", "label"),
    ),
    Page(
        key="robustness",
        title="Robustness",
        icon="exercise",
        section="Why?",
        question="How robust is this prediction?",
        takes=_PATCH,
        needs="network",
        terms=("robustness", "training_range", "score", "threshold"),
    ),
    Page(
        key="score",
        title="Score",
        icon="upload_file",
        section="Models, data, teaching",
        question="What does the model predict for new patches or a slide?",
        takes=_CUT,
        needs="network",
        terms=("score", "threshold", "training_range"),
        tabs=(
            Tab(
                key="patches",
                title="Patches",
                question="What does the model predict for these patches?",
                was="predict",
                terms=("patch",),
            ),
            Tab(
                key="slide",
                title="Slide",
                question="What does the model predict for this slide?",
                was="slide",
                takes=("run", "threshold"),
                terms=("slide", "burden"),
            ),
        ),
    ),
    Page(
        key="training",
        title="Training",
        icon="show_chart",
        section="Models, data, teaching",
        question="Did training go well, and which run is better?",
        takes=("run",),
        terms=("epoch", "loss", "learning_rate", "overfitting", "split", "roc_auc"),
    ),
    Page(
        key="data",
        title="Data",
        icon="database",
        section="Models, data, teaching",
        question="What is this data set, and can its split be trusted?",
        takes=("run",),
        terms=("patch", "label", "split", "near_duplicate", "prevalence"),
    ),
    Page(
        key="teaching",
        title="Teaching",
        icon="quiz",
        section="Models, data, teaching",
        question="Would you have recognised it?",
        takes=_CUT,
        needs="labels",
        was="quiz",
        terms=("patch", "label", "score", "threshold", "kappa"),
    ),
)

TOUR = "tour"
"""The address that leads to the step of the tour that was open."""
GUIDE = Page(
    key="guide",
    title="User guide",
    icon="menu_book",
    section="Help",
    question="How is IDC Review used?",
    takes=(),
    tabs=(
        Tab("pages", "The pages", "What is each page for?"),
        Tab("bring", "Your data or model", "How do I bring my own data or model?"),
        Tab("glossary", "Glossary", "What does a term mean?"),
    ),
)
"""A page about the others: it shows no run, and the bar is not drawn on it."""
AUDIT = Page(
    key="audit",
    title="Audit log",
    icon="policy",
    section="Help",
    question="Who did what here?",
    takes=(),
)
SYSTEM = Page(
    key="system",
    title="System",
    icon="monitor_heart",
    section="Help",
    question="Is the server well?",
    takes=(),
)
OF_THE_SERVER = (AUDIT, SYSTEM)
"""Of this server and not of a run. They are listed where people sign in."""
WITHOUT_BAR = (GUIDE, *OF_THE_SERVER)

VIEWS = tuple(View(page, tab) for page in PAGES for tab in (page.tabs or (None,)))
"""All that can be looked at, in the order of the navigation."""
_BY_KEY = {page.key: page for page in (*PAGES, *WITHOUT_BAR)}
_VIEW_BY_KEY = {view.key: view for view in (*VIEWS, *(View(GUIDE, tab) for tab in GUIDE.tabs))}
MOVED: Mapping[str, View] = {
    old: View(page, tab)
    for page in PAGES
    for old, tab in ((page.was, None), *((tab.was, tab) for tab in page.tabs))
    if old
}
"""Addresses that pages had before, and what stands there now."""


def of(key: str) -> Page:
    """By a page's address; the front page is the overview. Raises `KeyError` for no page."""
    return _BY_KEY[key or "overview"]


def view(key: str) -> View:
    """By `page` or `page/tab`; of a page with tabs, `page` is its first.

    Raises `KeyError` for none.
    """
    return _VIEW_BY_KEY.get(key) or opened(of(key))


def opened(page: Page, tab: str = "") -> View:
    """A page with one of its tabs, the first unless another is named."""
    found = [each for each in page.tabs if each.key == tab] or page.tabs[:1]
    return View(page, found[0] if found else None)
