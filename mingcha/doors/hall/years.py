"""A date typed with a year nobody means: refused at the door, because later sums on it leave the calendar."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST, LAST = 2000, 2100


def meant(value: date) -> None:
    """Refuse a day or a moment before 2000 or after 2100; a validator of form fields."""
    if not FIRST <= value.year <= LAST:
        raise ValidationError(_("时间写得不对，请用 2021-10-27 18:00 的样子。"))
