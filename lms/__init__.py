"""Titian, the learning platform on which civil servants become able to run digital government."""
