"""Owns guidance (工作指导、工作提示): numbered notes between offices, with receipt, reply, questions and answers."""
