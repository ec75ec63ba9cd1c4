"""Credentials: certificates, their PDF and the public verification page.

A certificate repeats what the evidence ledger says and shares its validity; it decides nothing.
"""
