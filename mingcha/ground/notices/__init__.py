"""Owns the outbox: every message is a row before it is anything else."""
