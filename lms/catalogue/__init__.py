"""The catalogue: courses as they were published, version by version.

Words: a *course* is a code; a *version* is what its files said at one moment and never changes;
a *lesson* belongs to one version and is rendered once; a *tag* is a code that a course touches
(coverage, not evidence). It knows nothing of learners, and of exams only their code.
"""
