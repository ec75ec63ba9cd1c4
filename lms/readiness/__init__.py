"""How ready an OPD is: tallies, frozen snapshots, instruments and reports.

Its words: *counts* (N, A, C, M of a unit and competence), *readiness* R = M/N and its three
factors, *readiness rank* 1-5 (our own measure, never an instrument's level), *snapshot*.

It owns no facts: persons, requirements and evidence lie below, and every figure here can be
computed again from them. No figure of it is an official value.
"""
