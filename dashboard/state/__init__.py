"""What a session holds: the selection, its address, its jobs.

May import `idc_core`.
"""
