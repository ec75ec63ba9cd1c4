"""What a page costs: a generated government, and the pages measured on it."""
