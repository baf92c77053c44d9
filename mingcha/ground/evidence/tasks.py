"""What others see of the pictures that came in, made in the background."""

import time

from django.conf import settings
from django.utils import timezone

from mingcha.ground.evidence import actions, queries
from mingcha.ground.evidence.darkroom import Darkroom

# Seconds until an empty queue is looked at again, and until it is looked at from its beginning: for what was committed
# late under a lower number, and for files that were out of reach.
IDLE, ROUND = 2.0, 60.0
# After each picture, three times as long as it took: on a quiet machine a quarter of one core goes into pictures. On a
# busy one, where a child that comes last takes long, next to nothing does: nobody's submission waits for a thumbnail.
REST = 3.0
_darkroom = Darkroom()
_look_at = _begin_at = 0.0


def render() -> int:
    """
    Take the finished picture out of the darkroom and put the next one in; returns how many were finished, 0 or 1.

    Never waits. Two workers may render the same picture: the files are the same, and of the rows one is written.
    """
    global _look_at, _begin_at
    done = _darkroom.finished()
    if done and done.hashes:
        view, thumb = done.hashes
        now = settings.MINGCHA_NOW or timezone.now()  # noqa: TID251
        actions.keep_rendering(done.evidence, view=view, thumb=thumb, at=now)
    clock = time.monotonic()
    if done:
        _look_at = clock + REST * done.seconds
    if _darkroom.busy or clock < _look_at:
        return 1 if done else 0
    if clock >= _begin_at:
        _darkroom.last, _begin_at = 0, clock + ROUND
    waiting = queries.to_render(after=_darkroom.last)
    if waiting:
        _darkroom.begin(waiting)
    else:
        _look_at = clock + IDLE
    return 1 if done else 0
