"""Backups: runs with their ledgers, the manifests of stores, reviews; and how they come back.

`contents` says what belongs to a backup, `idc_core/records/backup.py` is its manifest, `writing`
makes one while the dashboard runs, `restoring` puts one into empty folders and proves it.
"""
