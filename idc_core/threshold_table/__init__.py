"""What a page says at every threshold of a grid, written once, so that a browser can look it up
while the threshold moves.

Texts and figures are made by the functions that make the page's own (`facts`, `metrics`). The
layout of the file is in docs/threshold-table.md. May import `runs` and what lies below.
"""
