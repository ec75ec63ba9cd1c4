"""Development: obligations (what must be learned by when), reminders, and the JP ledger.

An obligation names a course because a rule says so; whether it is met is read from what was
passed. Does not measure competence and does not count readiness.
"""
