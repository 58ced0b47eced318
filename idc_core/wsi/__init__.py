"""Whole slides and tissue pictures: opened by the reader that can, cut at a stated µm per pixel.

`reading` opens a file through `openslide_source`, `tiff_source` or `picture_source`; `frame` is
what a slide says of its geometry, `micrometres` of its scale; `tiling` lays the grid, `tissue` and
`sections` say what lies on it, `cutting` gives the patches and `sharpness` judges them.

May import `records` and `io`.
"""
