"""Long work that outlives the server: asked for on a page, done by `train_cli.py worker`.

`job` is the record of one, `table` the file that holds them, `queue` what a page asks: start, look,
cancel; `kinds` names what can be done, each in a module of its own (`score_slide`, `cut_slides`,
`channels`, `train` and others). `worker` takes one job after the other from each of the `lanes` and
has `child` do it in a process of its own, so that a cancel or a crash is clean and memory returns.

A job says what it is of by digests: what was exchanged since it was asked for is refused. What it
finds is put in its place whole, or not at all. May import everything but the command line.
"""
