"""One record for each file that the program keeps: every field, its unit, and when it is absent.

Read and checked once, here (`io.record`); files that are written take the same records. Imports
nothing but `io`, so that whoever works with a record may name it.
"""
