"""The page System, for administrators: is the server well?"""
