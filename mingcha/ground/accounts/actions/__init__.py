"""Owns every change of people, posts, links and recusals."""
