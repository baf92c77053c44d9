"""
Checklists: a workbook (XLSForm) → an XForm for phones; what a phone sends → findings, answers, and where it breaks form.

1. `workbooks`     the shipped questions → a workbook that an office can download, change and upload
2. `forms`         a workbook or an XForm → a form ready to be published; or its faults, row by row, in plain Chinese
   (`conversion`, `sayings`: pyxform and what it says; `xforms`, `compiling`: the XForm taken apart;
   `conventions`, `lacking`: what the house understands by names, and what will not flow)
3. `compiled`      the published form, made ready to read submissions quickly
4. `instances`     what a phone sent, parsed strictly
5. `reading`       a submission beside its form: answers, breaches, findings, files

Callers import this package for 3 to 5, which each submission passes; `workbooks` and `forms`, which load slowly, apart.
"""

from mingcha.kernel.checklists.compiled import Compiled
from mingcha.kernel.checklists.instances import Instance, Malformed, NoInstanceId, parse
from mingcha.kernel.checklists.reading import BREACHES, Breach, Found, Reading, Slot, read

__all__ = [
    "BREACHES",
    "Breach",
    "Compiled",
    "Found",
    "Instance",
    "Malformed",
    "NoInstanceId",
    "Reading",
    "Slot",
    "parse",
    "read",
]
