"""Pure words shared by every floor: ids, errors, dates, numbers, Actor and Permission.

Knows no framework, no database and no clock.
"""
