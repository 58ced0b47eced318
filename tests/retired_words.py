"""Words that the product no longer uses, and what stands instead: one glossary for every text.

`tests/test_words.py` looks for them in Python's texts and comments, scripts, templates and
documents. A word that a user cannot know (a phrase of our own, a literal translation) is retired
once and for all: add it here with the field's own term.
"""

from dataclasses import dataclass

OLD_LINKS = (
    "dashboard/state/old_links.py",
    "tests/dashboard/state/test_choices.py",
    "tests/browser/test_old_addresses.py",
)
"""The interface words that links of version 0.7 carried, and the tests that still open them."""


@dataclass(frozen=True, slots=True)
class Retired:
    """`pattern`: a regular expression, in any case; `instead`: what stands there now; `stays`:
    files in which it may still stand."""

    pattern: str
    instead: str
    stays: tuple[str, ...] = ()


RETIRED = (
    # outcomes and predictions
    Retired(
        r"left alone|leave \d+ % alone|leav\w+ alone",
        "true negative; predicted no IDC",
        ("tests/dashboard/views/test_unknown_labels.py",),
    ),
    Retired(r"call(?:ed|s|ing)? (?:no )?IDC", "predicted IDC"),
    Retired(r"called rightly|called wrongly|right calls?\b|wrong calls?\b", "correctly classified"),
    Retired(r"called burden", "predicted burden"),
    Retired(r"positive calls?\b", "positive predictions"),
    Retired(r"find \d+ % of IDC|\d+ % of the IDC found", "Sensitivity ≥ 90 %"),
    Retired(r"move there|move to the nearest", "Apply; Apply nearest"),
    Retired(r"what a move changes", "Reclassified patches", OLD_LINKS),
    Retired(r"every rate in words", "All metrics", OLD_LINKS),
    Retired(r"in one pile", "harmonic mean of precision and recall"),
    Retired(r"go together this well", "correlation between prediction and label"),
    # pages
    Retired(r"laid over the tissue", "Overlay", OLD_LINKS),
    Retired(r"(?-i:Beside it)\b", "Second view", OLD_LINKS),
    Retired(r"lay other runs over|lay another map over", "Overlay other runs; Compare with …"),
    Retired(r"where on the scores", "Thresholds for the comparison"),
    Retired(r"the bar's threshold", "current threshold", OLD_LINKS),
    Retired(r"(?-i:One sensitivity)", "matched sensitivity", OLD_LINKS),
    Retired(r"a trade, not an improvement", "Trade-off, no net improvement"),
    Retired(r"it ended because|ended without a word", "Stop reason; Terminated unexpectedly"),
    Retired(r"by heart", "overfits; memorises"),
    Retired(r"too bold|too timid|gr[eo]w bold", "overconfident; underconfident"),
    Retired(r"stood in its way", "Converged; no problem found"),
    Retired(r"loss breaks away", "the loss diverges"),
    Retired(r"taught by|of what was learnt\b", "distilled from; distillation weight"),
    Retired(r"drawn (?:patch|demo|slide|tissue|patient)\w*", "synthetic"),
    Retired(r"look at all .{1,12} patches once", "Compute embeddings"),
    Retired(r"listened to its neighbours", "Spatial smoothing"),
    Retired(r"is acting on it worth it", "Decision curve (net benefit)"),
    Retired(r"what if it may pass|(?:stay|stays|staying|keeps?) silent|silent patch\w*", "abstain"),
    Retired(r"how far to trust a call", "Predictive values"),
    Retired(r"nothing there. is", "Baseline (fill)"),
    Retired(r"square of occlusion|layer of both cams", "Occlusion window; CAM target layer"),
    Retired(r"speaks for IDC|to be believed", "evidence for and against IDC"),
    Retired(r"(?:how much does|answer) .{0,12}bears?\b", "How robust is this prediction?"),
    Retired(r"picture of the usual kind", "In-distribution check"),
    Retired(r"hold when turned", "Consistency under flips and rotations"),
    Retired(r"tells the classes apart alone", "Single-channel AUC"),
    Retired(r"(?:start|chosen|written|made) anew", "restart; re-selected; regenerated"),
    Retired(r"stands? on (?:one|two|no|several|another|which) sides?\b", "in one split, in two …"),
    Retired(r"(?:training|test|validation|train) sides?\b", "training, test, validation split"),
    Retired(r"sides? of (?:the|a) splits?", "splits"),
    Retired(r"what was not taken", "Rejected files", OLD_LINKS),
    Retired(r"as a scale only", "for orientation only"),
    Retired(r"who reads\?|read blind\b", "Reader name; Blinded review", OLD_LINKS),
    Retired(r"without a verdict only|labels that say", "Unreviewed only; Label class", OLD_LINKS),
    Retired(r"by suspicion of the label", "by label-error score", OLD_LINKS),
    Retired(r"take along|taken along|takes along", "export"),
    Retired(r"error of ours", "Internal error (ID …)"),
    Retired(r"(?:areas?|alarms?|false alarms|a|many) a slide\b", "per slide"),
    Retired(r"(?-i:row|one|line|warp|number) an? (?:patch|patient|epoch|slide|class)\b", "per …"),
    Retired(r"kept (?:run|slide|map|epoch)s?\b", "saved run, saved epoch"),
    # our own names
    Retired(r"the thread\b(?! of| that| runs)", "the selection"),
)
