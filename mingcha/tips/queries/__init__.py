"""What may be read without a key, within one's scope."""
