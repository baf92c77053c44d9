"""
Fingerprints of texts, sealed to the office's index key.

Each arrives in a box of its own, which anybody may seal; a holder's session folds them into blocks under one symmetric
key, so that twenty thousand are opened in a tenth of a second.
"""

import uuid

from django.db import models

from mingcha.tips.models.keys import OfficeKey
from mingcha.tips.models.tips import Tip


class LikenessWaiting(models.Model):
    """One fingerprint that no session has folded yet; also a corrected or erased one's successor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="+", verbose_name="举报")
    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="+", verbose_name="比对密钥")
    box = models.BinaryField("指纹封")


class LikenessBlock(models.Model):
    """Up to a thousand fingerprints with what they belong to. Never split; a full one stays as it is until rotation."""

    office_key = models.ForeignKey(OfficeKey, models.PROTECT, related_name="+", verbose_name="比对密钥")
    position = models.PositiveIntegerField("次序")
    count = models.PositiveSmallIntegerField("份数")
    box = models.BinaryField("指纹封")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office_key", "position"], name="tips_block_once")]
