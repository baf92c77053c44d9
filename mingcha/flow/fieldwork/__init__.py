"""Owns the outings of teams and their visits: answers, counts, questions, photos."""
