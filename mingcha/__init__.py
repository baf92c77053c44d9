"""Mingcha 明察: unannounced inspection of public duty, from the lot to the brief."""
