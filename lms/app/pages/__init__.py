"""Composed pages that show several floors at once: one query per panel, no tables, no rules."""
