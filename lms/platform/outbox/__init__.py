"""The outbox: what may fail alone is written down in the transaction and sent after it.

Rows are tried again with growing delay; what failed for good stays visible and can be sent again.
"""
