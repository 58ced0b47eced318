"""From whole slides and their outlines to a patch store.

`jobs` says which slides, `settings` how; `one_slide` cuts one into a folder of its own, `sheet`
shows what would be cut, `cutting` does all slides and goes on where it was stopped, `store` puts
the folders together. May import `annotations`, `wsi`, `data` and what lies below.
"""
