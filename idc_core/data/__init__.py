"""From folders, zips and tables of patches to a packed store, and who is on which side.

May import `io` and `metrics`.
"""
