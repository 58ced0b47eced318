"""Many slides scored by one run's network, on one machine or several.

`unit` is what is scored at a time and the pure function that does it; `parts` the file that comes
of it, `work` both in one worker, `processor` what the worker runs on; `local` and `on_ray` are the
engines, `batch` what they have in common: nothing is done twice; `result` makes the run. May import
`score`, `cut` and what lies below.
"""
