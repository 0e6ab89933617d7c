"""Batches hold every row once per epoch, and no more tokens than asked."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.workflows.prove.token_batches import fill_batches

LENGTHS = st.lists(st.integers(1, 50), min_size=1, max_size=40)


@given(LENGTHS, st.integers(50, 400), st.integers(0, 5))
def test_an_epoch_has_every_row_once_in_batches_that_fit(lengths, tokens, seed):
    batches, seen = fill_batches(lengths, tokens, seed), []
    while len(seen) < len(lengths):
        batch = next(batches)
        assert max(lengths[place] for place in batch) * len(batch) <= tokens
        seen += batch
    assert sorted(seen) == list(range(len(lengths)))


@given(LENGTHS, st.integers(0, 5))
def test_the_same_seed_gives_the_same_batches(lengths, seed):
    first, second = (list(islice(fill_batches(lengths, 100, seed), 20)) for _ in range(2))
    assert first == second


def test_another_seed_gives_another_order():
    lengths = [5] * 30
    assert len({tuple(next(fill_batches(lengths, 50, seed))) for seed in range(4)}) == 4


def test_a_row_longer_than_a_batch_is_one_by_itself():
    assert sorted(map(sorted, islice(fill_batches([90, 10, 10], 40, 0), 2))) == [[0], [1, 2]]
