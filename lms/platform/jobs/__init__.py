"""Scheduled work: one separate process, a row per run, nothing inside web workers."""
