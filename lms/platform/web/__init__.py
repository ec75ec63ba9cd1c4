"""The web shell: one transaction per request, permissions denied by default, errors in sentences."""
