"""Owns catalogues of rules and checklists, versioned, with their source and completeness."""
