"""Every failure a person may meet has a name and one plain sentence."""

from typing import ClassVar


class Refusal(Exception):
    """
    Something a person asked for and cannot have, said in one sentence that tells what to do.

    `message` is a translatable Chinese template with %(name)s places, filled from keyword arguments.
    `status` is the HTTP status a door answers with. Doors translate `message`; the kernel knows no language.
    """

    message: ClassVar[str] = "这一步无法完成，请返回后重试。"
    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence())

    def sentence(self, template: str | None = None) -> str:
        """Return the sentence, from `template` (a translation of `message`) where given."""
        return (template or self.message) % self.facts
