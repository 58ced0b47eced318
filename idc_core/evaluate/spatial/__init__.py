"""Where patches lie among each other: neighbours, borders, regions, smoothing."""
