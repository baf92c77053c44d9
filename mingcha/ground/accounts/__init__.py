"""Owns people, their posts, and what each post may do and see."""
