"""Owns what will be inspected, why, against which rulebooks, by which offices and teams."""
