"""Files as others find them: whole or not at all, locked, named, refused with a cure.

The ground: imports nothing of ours.
"""
