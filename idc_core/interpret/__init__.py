"""Why a network answers as it does: its graph, its channels, its evidence, its weak spots.

May import `score` and what lies below.
"""
