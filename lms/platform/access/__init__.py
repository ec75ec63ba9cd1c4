"""Access: accounts, passwords, sign-in and the devices signed in.

A stranger can lock nobody out: failures only slow down the pair of account and address they came
from, and success is never counted.
"""
