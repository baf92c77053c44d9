"""Phones that speak OpenRosa: our own field app and ODK Collect alike."""
