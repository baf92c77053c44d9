"""Owns every change of a campaign, its calls and its teams."""
