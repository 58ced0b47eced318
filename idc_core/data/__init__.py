"""From folders, zips and tables of patches to a packed store, and who is in which split.

May import `wsi` and what lies below.
"""
