"""The state of a head: read back as it was written, also by who came before."""

import msgspec

from dianchi.domain.life import Life
from dianchi.store.heads import Head, read_head, read_outline


def test_a_head_is_read_as_it_was_written() -> None:
    head = Head(3, 17, Life(count=3), [1, 3, 2], {2: "e"}, joined=True, vins=False, signed=True)

    again = read_head(3, head.encoded())

    assert (again.order, again.corrected) == ([1, 3, 2], {2: "e"})
    assert (again.joined, again.vins, again.signed) == (True, False, True)
    assert again.life == head.life


def test_an_outline_tells_the_same_without_the_life() -> None:
    state = Head(3, 17, Life(count=3), [1, 3, 2], {2: "e"}, joined=True, vins=True).encoded()

    outline = read_outline(state)

    assert (outline.order, outline.corrected) == ([1, 3, 2], [(2, "e")])
    assert (outline.joined, outline.vins, outline.signed) == (True, True, False)


def test_a_head_of_before_vins_were_noted_may_have_some() -> None:
    state = msgspec.json.encode([17, None, None, False, None])

    assert read_head(3, state).vins
    assert read_outline(state).vins


def test_a_head_of_before_signatures_were_noted_may_have_some() -> None:
    state = msgspec.json.encode([17, None, None, False, None, False])

    assert (read_head(3, state).vins, read_head(3, state).signed) == (False, True)
    assert (read_outline(state).vins, read_outline(state).signed) == (False, True)
