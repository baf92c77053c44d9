"""People and the posts they hold. What a post may do stands in `roles.py`."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from mingcha.ground.territory.models import Body


class Person(AbstractBaseUser):
    """Someone who signs in. Staff only: no resident is ever a row."""

    username = models.CharField("账号", max_length=80, unique=True)
    name = models.CharField("姓名", max_length=40)
    pinyin = models.CharField("拼音", max_length=120, blank=True)
    title = models.CharField("职务", max_length=60, blank=True)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField("建立时间")

    USERNAME_FIELD = "username"

    objects = BaseUserManager["Person"]()

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person in a body in a role, with dates. Scope is the body's division code and the body itself."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="人员")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("角色", max_length=30)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "body", "role", "since"], name="post_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="post_dates_in_order"),
        ]


class Attempt(models.Model):
    """A failed sign-in, kept only to slow down guessing; removed by a success or after a day."""

    username = models.CharField(max_length=80, db_index=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField(db_index=True)
