"""What a page shows, read off as a reader reads it: figures, tables, charts, sentences."""

import re
from html import unescape

from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

NUMBER = re.compile(r"[+−-]?(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")


def numbers(text):
    """All numbers of a text, as it writes them."""
    return NUMBER.findall(plain(text))


def plain(html):
    return unescape(re.sub(r"<[^>]*>", " ", html)).replace("**", "")


def cards(page):
    """The large figures in their order: name, value, and the numbers that stand below.

    An interval that does not hold its own value is a mistake anywhere.
    """
    shape = (
        r'name">(.*?)</div><div class="value">(.*?)<small>(.*?)</small></div>'
        r'<div class="n">(.*?)</div>'
    )
    found = re.findall(shape, page.html)
    for name, value, interval, _ in found:
        ends = [float(each.replace("−", "-")) for each in numbers(interval)]
        if len(ends) == 2 and interval.startswith("["):
            assert ends[0] <= float(value.replace("−", "-")) <= ends[1], (name, value, interval)
    return [(unescape(name), value.strip(), numbers(n)) for name, value, _, n in found]


def values(page):
    return [value for _, value, _ in cards(page)]


def table(page, number=0):
    """The rows of a table, without what stands in brackets [ ] and its header."""
    shown = re.findall(r'<table class="idc-table">.*?</table>', page.html)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", shown)[1:]
    return [
        [
            re.sub(r" \[.*?\]", "", plain(cell)).strip()
            for cell in re.findall(r"<td>(.*?)</td>", row)
        ]
        for row in rows
    ]


def datasets(page):
    """What the charts draw: all their tables, by name; of several with one name a list."""
    found = {}
    for chart in page.at.get("vega_lite_chart"):
        for each in chart.proto.datasets:
            frame = convert_arrow_bytes_to_pandas_df(each.data.data)
            found.setdefault(each.name, []).append(frame)
    return found


def captions(page):
    return re.findall(r"idc-caption[^>]*>(.*?)</div>", page.html)


def holding(texts, *wanted):
    """The one text that has these words."""
    (found,) = [each for each in texts if all(word in each for word in wanted)]
    return plain(found)


def markdown(page):
    """All sentences: of Markdown, and those of which a part follows the threshold."""
    moving = re.findall(r'<p class="idc-said"[^>]*>(.*?)</p>', page.html)
    return [str(each.value) for each in page.at.markdown] + moving


def intervals(page):
    """The large figures by name, with what stands in brackets: 0.73 [0.12–0.98]."""
    shape = r'name">(.*?)</div><div class="value">(.*?)</div>'
    return {
        unescape(name): re.sub(r"\s+", " ", plain(value)).strip()
        for name, value in re.findall(shape, page.html)
    }


def written(found, shape=".2f", between="–"):
    """A figure with its ends as pages write it."""
    value, low, high = (f"{each:{shape}}".replace("-", "−") for each in found)
    return f"{value} [{low}{between}{high}]"


def cells(page, number=0):
    """The rows of a table, all that stands in them."""
    shown = re.findall(r'<table class="idc-table">.*?</table>', page.html)[number]
    return [
        [plain(cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", shown)[1:]
    ]


def frame(page, column):
    """The table that has such a column."""
    (found,) = [each.value for each in page.at.dataframe if column in each.value]
    return found
