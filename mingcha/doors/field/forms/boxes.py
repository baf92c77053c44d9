"""Boxes to type in on a phone."""

from django import forms
from django.utils.functional import Promise


def lines(placeholder: str | Promise = "", *, rows: int = 3) -> forms.Textarea:
    """Return a box for a few sentences; what is typed on a phone grows downwards."""
    return forms.Textarea(attrs={"rows": rows, "placeholder": placeholder})
