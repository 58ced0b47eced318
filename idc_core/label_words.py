"""The words that tables, folders and models use for the two classes; compared in lower case."""

import re

IDC_WORDS = (
    "1", "idc", "positive", "pos", "malignant", "malign", "cancer", "cancerous", "tumor",
    "tumour", "tumorous", "tumourous", "invasive", "carcinoma", "yes", "y", "true", "t", "+",
    "class1", "label1", "idc(+)", "idc+", "idcpositive", "positiveidc", "idcpos", "posidc",
)  # fmt: skip
OTHER_WORDS = (
    "0", "nonidc", "noidc", "notidc", "negative", "neg", "benign", "normal", "healthy",
    "noncancer", "nocancer", "noncancerous", "nontumor", "nontumour", "notumor", "notumour",
    "nontumorous", "noninvasive", "nonmalignant", "no", "n", "false", "f", "-", "class0", "label0",
    "idc(-)", "idc-", "idcnegative", "negativeidc", "idcneg", "negidc",
)  # fmt: skip

_LABELS = dict.fromkeys(IDC_WORDS, 1) | dict.fromkeys(OTHER_WORDS, 0)
_BETWEEN = re.compile(r"(?<=[a-z])[\s_-]+(?=[a-z0-9])")


def label_of_word(word: str) -> int | None:
    """1 (IDC), 0 (no IDC), or None for a word that is neither; nothing is guessed.

    >>> label_of_word("IDC Positive"), label_of_word("Non-Cancerous"), label_of_word("[1]")
    (1, 0, 1)
    >>> label_of_word("idc-"), label_of_word("Begin"), label_of_word("")
    (0, None, None)
    """
    plain = word.strip().strip("[]'\"").strip().lower().replace("\u2212", "-")
    if match := re.fullmatch(r"([01])\.0*", plain):
        return int(match[1])
    plain = plain.replace(" (", "(")
    return _LABELS.get(_BETWEEN.sub("", plain), _LABELS.get(plain))
