"""The public's pages."""
