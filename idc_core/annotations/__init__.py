"""Outlines that pathologists drew: read from the files of their tools, and laid over a slide.

`opening.read` finds the format by what a file holds and returns `region.Annotations`, in the frame
of the file; `frames.in_level0` brings them into pixels of the slide's canvas; `classes` says what
each class means; `overlaps` settles who owns a place; `squares` and `labels` label patches.

x grows to the right, y downwards, from the top left corner of the first pixel: the pixel (0, 0)
covers [0, 1) × [0, 1). Imports nothing but `records` and
`io`.
"""
