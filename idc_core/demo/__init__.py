"""The demo: two small data sets of stained tissue that the project draws by itself.

`build` makes the patches of `data/demo`, as exported at 4 µm a pixel; `slide_store` whole slides at
0.5 µm with outlines (`close_up`, `slide_outlines`, `slide_files`), and cuts them.
"""
