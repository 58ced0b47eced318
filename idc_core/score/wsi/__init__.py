"""Tissue images and whole-slide files: read, cut into patches at a stated resolution, scored."""
