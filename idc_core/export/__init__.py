"""What is taken along: the report, a patient's page.

May import all but `nn` and `cli`.
"""
