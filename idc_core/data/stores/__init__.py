"""A patch store on disk: read, written, checked."""
