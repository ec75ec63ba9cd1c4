"""Learning: who is enrolled, what was read and practised, when a course is complete.

Sees both siblings below it, catalogue (what there is to read) and assessment (what was measured).
Gives no certificate and no readiness: it publishes `CourseCompleted`.
"""
