"""Several stores joined to one without copying a pixel: who is who, what must agree, the index."""
