"""Where an order came out of an office's former ledger in Excel: under which mapping, from which file, from which row."""

from django.db import models

from mingcha.flow.campaigns.models import Campaign
from mingcha.flow.rectifications.models.orders import Rectification
from mingcha.ground.accounts.models import Person
from mingcha.ground.territory.models import Body


class LedgerMapping(models.Model):
    """
    What the columns of an office's ledger mean, said once and kept (kernel.ledgers.Mapping).

    `columns`: [[heading, meaning], …] in the ledger's order; `words`: a state's words → how far that is. `done_closes`:
    what is put right counts as closed.
    """

    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("名称", max_length=60)
    columns = models.JSONField("各列含义", default=list)
    words = models.JSONField("状态用语", default=dict)
    done_closes = models.BooleanField("已整改即销号", default=True)
    saved_at = models.DateTimeField("保存时间")
    saved_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="保存人")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="mapping_name_once")]

    def __str__(self) -> str:
        return self.name


class LedgerImport(models.Model):
    """A file taken over: how many of its rows, and how many of those were closed already."""

    mapping = models.ForeignKey(LedgerMapping, models.PROTECT, related_name="+", verbose_name="对应关系")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="任务")
    sha256 = models.CharField("文件哈希", max_length=64)
    rows = models.PositiveIntegerField("导入行数")
    closed = models.PositiveIntegerField("其中已销号")
    known = models.PositiveIntegerField("以前导入过的行数")
    at = models.DateTimeField("导入时间")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="导入人")

    class Meta:
        ordering = ["-pk"]


class ImportedRow(models.Model):
    """
    The row an order came from. `key` names it for good within its office, so that it is never taken twice.

    `cells`: heading → what stood there, without the columns not to be read; `due_at`: the deadline it came with.
    """

    source = models.ForeignKey(LedgerImport, models.PROTECT, related_name="+", verbose_name="导入")
    office = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="单位")
    rectification = models.OneToOneField(Rectification, models.PROTECT, related_name="+", verbose_name="整改")
    number = models.PositiveIntegerField("原文件行号")
    key = models.CharField("行标识", max_length=120)
    found_as = models.CharField("原台账检查人员", max_length=80, blank=True)
    measures = models.TextField("原台账整改情况", blank=True)
    cells = models.JSONField("原行内容", default=dict)
    due_at = models.DateTimeField("导入时的时限", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "key"], condition=~models.Q(key=""), name="ledger_row_once"),
            models.CheckConstraint(condition=~models.Q(key=""), name="ledger_row_has_a_key"),
        ]
