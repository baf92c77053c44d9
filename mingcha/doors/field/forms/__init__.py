"""What inspectors fill in, one form a page."""
