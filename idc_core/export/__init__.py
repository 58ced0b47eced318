"""What is exported: the report, a patient's page.

May import all but `nn` and `cli`.
"""
