"""What several pages read, computed once.

May import `charts`, `state` and `idc_core`.
"""
