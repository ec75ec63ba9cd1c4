"""People and organisation: units in a dated tree, persons, NIP, placements, legal standing, headships, roles.

A *person* is somebody the government knows; an *account* (platform) is what signs in. Three dated
facts say where a person belongs: placement (one at a time), legal standing (decides "aktif") and
headship (definitif, Plt, Plh). Does not know competence, courses or readiness.
"""
