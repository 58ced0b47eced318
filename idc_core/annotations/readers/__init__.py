"""One reader a format: what was parsed in, `Annotations` in the file's own frame out.

A reader knows one tool. What cannot become an area is left out and counted with its reason; what
contradicts the format is refused, the whole file with it. Imports its own package and `io`.
"""
