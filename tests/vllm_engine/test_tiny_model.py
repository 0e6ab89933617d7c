"""The example that trains a test engine: its data, its tokenizer, and that it learns at all."""

from examples.tiny_model.conversations import make_conversations
from examples.tiny_model.pairs import make_pairs
from examples.tiny_model.tokenizer import find_constant_text, train_tokenizer
from examples.tiny_model.train import IGNORED, make_batches, make_model, to_example, to_tensors, train


def test_topics_for_measuring_are_kept_apart():
    def words(held_out):
        turns = (turn for chat in make_conversations(200, 0, held_out) for turn in chat)
        return {word for turn in turns for word in turn["content"].lower().split()}

    assert "rain" in words(held_out=True) - words(held_out=False)
    assert "mountains" in words(held_out=False) - words(held_out=True)


def test_every_conversation_gives_a_pair_per_phase():
    pairs = make_pairs(make_conversations(5, 0))
    asked = [pair.messages[-1]["content"][-30:] for pair in pairs]
    assert sum("Annotated System Message" in text for text in asked) == 5
    assert sum("Verdicts" in text for text in asked) == 5
    assert len(pairs) > 10


def test_constant_text_is_few_tokens_and_loses_nothing():
    pairs = make_pairs(make_conversations(20, 0))
    texts = [message["content"] for pair in pairs for message in pair.messages]
    tokenizer = train_tokenizer(texts, vocabulary=600)
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False)
        assert tokenizer.decode(ids) == text
        if text.startswith(("You write the system message", "You verify")):
            assert len(ids) < 20
    assert max(len(token.encode()) for token in find_constant_text()) <= 200


def test_it_learns_the_answers_alone(capsys):
    pairs = make_pairs(make_conversations(10, 0))
    tokenizer = train_tokenizer((pair.answer for pair in pairs), vocabulary=400)
    examples = [to_example(pair, tokenizer) for pair in pairs]
    labels = to_tensors(make_batches(examples)[0])["labels"]
    assert (labels != IGNORED).any(dim=1).all()
    assert (labels[:, 0] == IGNORED).all()
    train(make_model(tokenizer, hidden=32, layers=1), examples, steps=20)
    assert "step 20 of 20" in capsys.readouterr().out
