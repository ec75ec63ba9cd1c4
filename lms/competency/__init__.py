"""What people are able to do: frameworks, required levels, the evidence ledger, gaps.

Its words: *competence* (a pillar or a field, by code), *level* 1-5 (0 = measured, none reached),
*evidence* (an immutable row), *decision* (revokes, replaces or reviews a row), *standing* (the
best evidence in force on a day), *requirement* (who must hold which level from when).

It does not know quizzes, courses or certificates: they send evidence here and name its source.
It does not add persons up to a figure per OPD either; it says what one person contributes.
"""
