"""One patient's export: the slide as a picture, its squares for QuPath, a page to print.

`rows` are one patient's predictions with `outcome` (tp, fn, fp, tn); the picture's top left pixel
is the origin of every coordinate.
"""
