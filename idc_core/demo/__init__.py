"""The demo: a small data set of stained tissue that the project draws by itself."""
