from hub.store.kept import Kept


def test_what_was_not_asked_for_for_longest_makes_room():
    kept: Kept[str, int] = Kept(100)
    for name in "abc":
        kept.keep(name, ord(name), 40)
        kept.get("a")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (97, None, 99)
    assert (len(kept), kept.hits, kept.misses) == (2, 5, 1)


def test_a_value_may_be_replaced_and_one_too_large_is_not_kept():
    kept: Kept[str, int] = Kept(100)
    for _ in range(10):
        kept.keep("a", 1, 60)
    kept.keep("b", 2, 40)
    assert (kept.get("a"), kept.get("b")) == (1, 2)

    kept.keep("c", 3, 101)
    assert len(kept) == 0
