"""The few rules that Streamlit's theme has no setting for: the one place that styles its elements.

Test ids and classes of Streamlit's are not documented: tests/browser/test_axe.py, which opens every
view, fails where none of them has one.
"""

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.charts.montage import rgb
from dashboard.charts.theme import COLOURS, OUTCOMES

SIDEBAR_PX = 216
"""Wide enough for the longest page name; the rest of 1280 px belongs to the page."""

CSS = """
<style>
.block-container {padding: 1.3rem 2.2rem 3rem; max-width: 1500px;}
.stAppHeader:has([data-testid="stExpandSidebarButton"]) + .stMain .block-container
  {padding-top: 4.2rem;}
h1 {font-size: 1.7rem !important; padding: .2rem 0 0 !important; font-weight: 650 !important;}
h2, h3 {font-weight: 600 !important; font-size: 1.16rem !important;
  padding: .4rem 0 .1rem !important;}
.stVegaLiteChart summary {opacity: .5;}
[data-testid="stCaptionContainer"] {opacity: .76 !important;}
kbd[aria-label^="Shortcut"] {color: inherit !important; opacity: .76;}
[data-testid="stCode"] .token, [data-testid="stCaptionContainer"] code {color: inherit !important;}
[data-testid="stBaseButton-primary"]:not(:disabled) {color: light-dark(#FFFFFF, #0D1319);}
[data-testid="stElementToolbar"] button[aria-label^="Download as CSV"] {display: none;}
[data-testid="stSidebarContent"] {display: flex; flex-direction: column; overflow-x: hidden;}
[data-testid="stSidebarHeader"] {height: 2rem; margin: 0; flex: none; z-index: 1;}
[data-testid="stSidebarUserContent"] {order: 1; padding: 0 0 .5rem; margin-top: -1.75rem;
  flex: none;}
[data-testid="stSidebarNav"] {order: 2; flex: none;}
[data-testid="stSidebarNavItems"] li {margin: 0;}
[data-testid="stSidebarNavItems"] > div {margin-top: .5rem;}
[data-testid="stNavSectionHeader"] {margin-bottom: 0;}
[data-testid="stNavSectionHeader"] :is(span, div) {overflow: visible;}
[data-testid="stSidebarNavSeparator"] {display: none;}
.idc-brand b {display: block; font-size: 1.14rem; font-weight: 650; padding-right: 2rem;}
.idc-brand span {display: block; font-size: .78rem; line-height: 1.3; opacity: .75;}
[data-testid="stDataFrame"], .figure-number, td
  {font-variant-numeric: tabular-nums;}
.st-key-page_head [data-testid="stHeading"] {flex: 1 1 auto; width: auto;}
.st-key-page_head {row-gap: 0; margin-bottom: -.6rem;}
.idc-synthetic {display: inline-block; margin-left: .7rem; padding: .05rem .55rem; opacity: 1;
  border: 1px solid currentColor; border-radius: 999px; font-size: .8rem; white-space: nowrap;}
.idc-terms.idc-terms {margin: 0; padding: 0; font-size: .88rem; max-width: 34rem;}
.idc-terms dt {font-weight: 620; margin-top: .5rem;}
.idc-terms dd {margin: 0;}
.idc-terms small {display: block; opacity: .75;}
.st-key-tour {border-radius: 10px; padding: .5rem .8rem; border: 1px solid #0B6E8A;
  background: light-dark(#EFF6F8, #14252D);}
.st-key-tour .stMarkdown {flex: 1 1 20rem;}
.st-key-doors a, .st-key-tour a {border: 1px solid rgba(128,140,150,.45); border-radius: 8px;
  padding: .35rem .8rem;}
.idc-intro {font-size: .95rem; max-width: 72rem;}
.idc-question {font-size: 1.02rem; opacity: .72; margin: 0 0 .6rem;}
.idc-numbers {display: grid; column-gap: 1rem; grid-template-columns: repeat(auto-fit,
  minmax(max(7.5rem, calc((100% - (var(--cells) - 1) * 1rem) / var(--cells))), 1fr));}
.idc-number {padding: .1rem 0 .7rem;}
.idc-number .name {font-size: .86rem; opacity: .72;}
.idc-number .value {font-size: 1.65rem; font-weight: 620; line-height: 1.25;
  font-variant-numeric: tabular-nums; white-space: nowrap;}
.idc-number .value small {font-size: .95rem; font-weight: 400; opacity: .75;}
.idc-number .n {font-size: .8rem; opacity: .76;}
.idc-said.idc-said {margin: 0;}
.idc-caption {font-size: .82rem; opacity: .76; margin: -.7rem 0 -.3rem;}
.idc-legend {display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .84rem;
  margin: -.6rem 0 .5rem; align-items: center;}
.idc-legend span {display: inline-flex; align-items: center; gap: .4rem;}
.idc-legend i {width: 1.05rem; height: 1.05rem; border-radius: 3px; font-style: normal;
  color: #fff; font-size: .8rem; line-height: 1.05rem; text-align: center; position: relative;}
.idc-legend i.none {border: 1px dashed rgba(128,140,150,.8);}
.idc-legend i.line {height: 0; border-radius: 0; border-top: 2px solid currentColor;
  color: inherit;}
.idc-legend i.dashed {border-top-style: dashed;}
.idc-legend i.dotted {border-top-style: dotted;}
.idc-legend i.hatched {height: .8rem; border: 0; background: repeating-linear-gradient(135deg,
  currentColor 0 1px, transparent 1px 6px);}
.idc-legend i.ramp {width: 11rem; border: 1px solid rgba(128,140,150,.4);}
.idc-legend i.ramp b {position: absolute; top: -3px; bottom: -3px; width: 2px; background: #D55E00;}
.idc-near {display: flex; gap: .9rem; align-items: center; font-size: .82rem;}
.idc-near span {opacity: .7;}
.idc-near table {border-collapse: separate; border-spacing: 2px; flex: none;}
.idc-near td {width: 2.5rem; height: 1.55rem; text-align: center; padding: 0; border-radius: 3px;
  border: 1px solid rgba(128,140,150,.25);}
.idc-near td.here {outline: 2px solid currentColor; outline-offset: -1px;}
.st-key-chart_files, .st-key-moving_charts {display: none;}
[data-testid="stSidebarUserContent"] {min-height: 80.5px;}
.stHorizontalBlock:has(> .stElementContainer), .stPagination, [class*="_page_"] {min-height: 38px;}
[class*="st-key-numbers_"] {min-height: 83px;}
.st-key-clinic_prevalence, .st-key-choose_layer, .st-key-choose_channel, .st-key-steps_row,
.st-key-steps_column, [class*="st-key-stress_"]:not(.st-key-stress_measure), .st-key-slice_open,
.st-key-slices_rows, .st-key-slices_columns {min-height: 64px;}
.st-key-metrics, .st-key-axis, .st-key-pair_beside, .st-key-slices_metric {min-height: 59px;}
.st-key-channel_mosaic {min-height: 392px;}
.st-key-network_row {min-height: 103px;}
.st-key-pair_a, .st-key-pair_b, .st-key-stress_picture {width: 100%; max-width: 190px;
  aspect-ratio: 1;}
.st-key-steps_picture {width: 100%; max-width: 270px; aspect-ratio: 1;}
.st-key-steps_sum {min-height: 30rem;}
@media (max-width: 900px) {
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-chart_strip_"]), [class*="st-key-box_"],
  [data-testid="stLayoutWrapper"]:has(> [class*="st-key-chart_slices"]) {overflow-x: auto;}
  [class*="st-key-box_"] > [data-testid="stLayoutWrapper"] {min-width: 60rem;}
  [class*="st-key-chart_strip_"], [class*="st-key-chart_slices"] {min-width: 42rem;}
  .stVegaLiteChart, .stHtml:has(table) {overflow-x: auto;}
}
.st-key-page {min-height: calc(100vh - 6rem);}
.st-key-selection_bar {min-height: 78.5px;}
.st-key-bar_threshold {min-height: 63px;}
.st-key-slide_box {min-height: 26rem;}
.st-key-reader_recall {display: none;}
[data-testid="stLayoutWrapper"]:has(> .st-key-chart_files, > .st-key-moving_charts,
  > .st-key-reader_recall) {position: absolute;}
.idc-warn {font-size: .88rem; padding: .35rem .8rem; margin: -.5rem 0 .1rem; border-radius: 8px;
  border-left: 3px solid #E69F00; background: light-dark(#FBF6EA, #2A2518);}
.idc-read {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap;}
.idc-table {border-collapse: collapse; width: 100%; font-size: .92rem;}
.idc-table th, .idc-table td {text-align: left; padding: .34rem .7rem .34rem 0;
  border: 0; border-bottom: 1px solid rgba(128,140,150,.25);}
.idc-table th {font-weight: 500; opacity: .7;}
.idc-agreement {border-collapse: separate; border-spacing: 2px; font-size: .82rem;
  margin: 0 0 .8rem;}
.idc-agreement th {font-weight: 500; opacity: .75; text-align: left; padding: .2rem .5rem .2rem 0;
  border: 0;}
.idc-agreement td {text-align: center; padding: .3rem .5rem; border-radius: 3px; border: 0;
  min-width: 3.4rem;}
.idc-steps {border-collapse: collapse; font-size: .84rem; width: 100%;}
.idc-steps th {font-weight: 500; opacity: .7; text-align: left; border: 0; padding: .2rem .5rem;}
.idc-steps td {border: 0; padding: .28rem .5rem; vertical-align: middle;}
.idc-steps > tbody > tr {border-bottom: 1px solid rgba(128,140,150,.22);}
.idc-steps small {opacity: .7; margin-left: .4rem;}
.idc-steps .grid {border-collapse: collapse;}
.idc-steps .grid td {padding: .1rem .25rem; font-size: .7rem; text-align: right; min-width: 2.3rem;}
.idc-steps .sum td {background: light-dark(#F5F7F9, #1A232C);}
.idc-near-row {display: grid; gap: 8px;
  grid-template-columns: repeat(auto-fill, minmax(72px, 1fr));}
.idc-near-row figure {margin: 0;}
.idc-near-row img {width: 100%; border-radius: 4px; display: block;}
.idc-near-row figcaption {font-size: .78rem; text-align: center; opacity: .8;}
#vg-tooltip-element img {display: block; width: 260px; height: 260px; margin-bottom: .4rem;}
.idc-foot {font-size: .78rem; opacity: .76; border-top: 1px solid rgba(128,140,150,.3);
  padding-top: .6rem; margin-top: 1.6rem;}
.st-key-page > [data-testid="stLayoutWrapper"]:has(> .st-key-selection_bar) {position: sticky;
  top: 0; z-index: 90;}
.stAppHeader:has([data-testid="stExpandSidebarButton"]) + .stMain .st-key-page
  > [data-testid="stLayoutWrapper"]:has(> .st-key-selection_bar) {top: 3.8rem;}
@media (max-width: 900px) {
  .st-key-page > [data-testid="stLayoutWrapper"]:has(> .st-key-selection_bar)
    {position: static;}
}
.st-key-selection_bar {border-radius: 10px;
  padding: .35rem .8rem .55rem; border: 1px solid rgba(128,140,150,.25);
  background: light-dark(#F5F7F9, #1A232C);}
html[data-bar="folded"] .st-key-selection_bar {min-height: 0; padding-bottom: .35rem;}
html[data-bar="folded"] .st-key-selection_bar .stColumn:not(:last-child) {display: none;}
@media (max-width: 1150px) {
  .st-key-selection_bar .stHorizontalBlock {flex-wrap: wrap; row-gap: .5rem;}
  .st-key-selection_bar .stColumn {flex: 1 1 7.2rem; min-width: 7.2rem;}
  .st-key-selection_bar .stColumn:nth-child(3) {flex: 2 1 15rem; min-width: min(15rem, 100%);}
  .st-key-selection_bar .stColumn:last-child {flex: 1 1 9.5rem; min-width: 9.5rem;}
}
.st-key-selection_bar label p {font-size: .74rem !important; opacity: .7;}
.st-key-selection_bar [data-testid="stWidgetLabel"] {min-height: 1rem; margin-bottom: -.2rem;}
[data-awaits], [data-live][data-behind] {opacity: .45;}
[data-ahead] [data-testid="stElementToolbar"], html[data-any-ahead] #vg-tooltip-element
  {display: none;}
html[data-threshold] .stDownloadButton {pointer-events: none; opacity: .45;}
.st-key-verdicts[data-awaits] {opacity: 1; --idc-awaited: .45;}
.st-key-page :is(.stVegaLiteChart, .stDataFrame, .stImage, .stHtml, .stMarkdown), [data-live]
  {transition: opacity .15s;}
.st-key-where_next button {justify-content: flex-start; text-align: left;}
.st-key-where_next button > div {justify-content: flex-start; width: 100%;}
</style>
"""

COMING = """
<style class="idc-coming">
.stHorizontalBlock:has(> .stElementContainer [data-testid="stSkeleton"]) > *
  {visibility: hidden;}
.st-key-page .stElementContainer:has(> [data-testid="stSkeleton"]) ~ * {visibility: hidden;}
</style>
"""
"""Keeps the room of what is still to come. The browser finds such rules anew in the whole page with
every element that comes or goes: while the threshold is moved, when nothing new comes, they are set
aside (`widgets/streamlit_page.js`)."""

ROOM = f"""
<style>
@media (min-width: 768px) {{
  .stAppViewContainer:not(:has(.stSidebar)):not(:has([data-testid="stExpandSidebarButton"])) {{
    padding-left: {SIDEBAR_PX}px;}}
}}
</style>
"""
"""Keeps the sidebar's room until it is drawn."""


def icon() -> Image.Image:
    """The page's icon, 32×32: four squares in the outcome colours. Drawn here, because a
    symbol by its name would be fetched from a foreign server."""
    drawn = np.full((32, 32, 3), 255, np.uint8)
    for at, outcome in enumerate(OUTCOMES):
        top, left = 2 + 15 * (at // 2), 2 + 15 * (at % 2)
        drawn[top : top + 13, left : left + 13] = rgb(COLOURS[outcome])
    return Image.fromarray(drawn)


def apply() -> None:
    """Once per rerun."""
    st.html(CSS)
    st.html(COMING)
