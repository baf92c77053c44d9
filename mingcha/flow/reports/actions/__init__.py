"""Every change to what is told: briefs issued, and what is published and taken down."""
