"""The ground floor: database, access, audit, jobs, outbox, mail, language, forms, web shell, clock.

Knows who signed in, never who is employed where: that is `people`, which fills the slots of
`lms.platform.slots` when the application is put together.
"""
