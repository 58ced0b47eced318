"""Templates: what comes from a file stays text, and what a template names must be given."""

import pytest
from jinja2 import UndefinedError

from idc_core.export.blocks import (
    Beside,
    Figure,
    Heading,
    Missing,
    Noted,
    Pairs,
    Paragraph,
    Picture,
    Points,
    Table,
    Verbatim,
    drawing,
)
from idc_core.export.pages import filled, markup

BAD = "<script>alert('1')</script>\" & x"
SAFE = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&#34; &amp; x"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" viewBox="0 0 40 30"><path d="M0 0"/></svg>'


def test_no_block_lets_a_text_become_markup():
    shown = Figure(drawing(SVG, BAD), BAD, BAD)
    blocks = [
        Paragraph(BAD, (BAD, BAD)),
        Missing(BAD),
        Heading(BAD),
        Table([BAD], [[BAD, BAD, Noted(BAD, BAD)]]),
        Pairs([(BAD, BAD)]),
        Verbatim(BAD),
        Points([BAD]),
        Beside([shown, Figure(Picture(BAD, 1, 2, BAD), BAD)]),
    ]
    page = markup(blocks)
    assert "<script" not in page
    assert page.count(SAFE) == 21
    assert 'viewBox="0 0 40 30" role="img"' in page
    assert '<path d="M0 0"/></svg>' in page


def test_a_table_names_its_rows_and_columns_and_a_note_stands_apart():
    page = markup([Table(("Figure", "Value"), [["F1", Noted("0.50", "about 91 %")]])])
    assert '<th scope="col">Figure</th><th scope="col">Value</th>' in page
    assert '<th scope="row">F1</th><td>0.50 <small>(about 91 %)</small></td>' in page


def test_a_value_that_is_missing_is_an_error_and_no_gap():
    with pytest.raises(UndefinedError, match="'trained_on' is undefined"):
        filled("report.html.j2", name="small")


@pytest.mark.parametrize("svg", ["", "<svg></svg>", SVG + "<p>more</p>", "<p>" + SVG])
def test_only_a_whole_svg_is_a_drawing(svg):
    with pytest.raises(ValueError, match="expected an SVG with viewBox"):
        drawing(svg, "a curve")
