"""How engines answer: models, replies, cut ones, refusals, rate limits; docs/engines.md says after what."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Dialect:
    """What one engine sends.

    Attributes:
        card: its entry in the list of models.
        message: a reply to which the model thought "Hm." and said "Yes."
        cut: the finish reason of a reply that hit the limit.
        refusal: status and body for a parameter it does not take.
        words: what the refusal says.
        limited: body of its answer when it has no room.
        wait: seconds that asks to wait, `None` if it does not say.
        limited_headers: headers of the same.
        limited_status: its status, 429 for a rate limit.
    """

    card: dict[str, Any]
    message: dict[str, Any]
    cut: str
    refusal: tuple[int, Any]
    words: str
    limited: Any
    wait: float | None = None
    limited_headers: dict[str, str] = field(default_factory=dict)
    limited_status: int = 429


def card(owner: str, **more: Any) -> dict[str, Any]:
    return {"id": "m", "object": "model", "owned_by": owner, **more}


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


THOUGHT_APART = {"role": "assistant", "content": "Yes.", "reasoning_content": "Hm."}
THOUGHT_INSIDE = {"role": "assistant", "content": "<think>Hm.</think>Yes."}

DIALECTS = {
    "vLLM": Dialect(
        card("vllm", max_model_len=4096),
        {"role": "assistant", "content": "Yes.", "reasoning": "Hm."},
        "length",
        (400, error("top_p must be in (0, 1], got 7.0.", type="BadRequestError", param="top_p", code=400)),
        "top_p must be in (0, 1]",
        error("overloaded", code=429),
    ),
    "llama.cpp": Dialect(
        card("llamacpp", meta={"n_ctx_train": 4096}),
        THOUGHT_APART,
        "length",
        (400, error("Unsupported param: top_p", code=400, type="invalid_request_error")),
        "Unsupported param: top_p",
        error("Loading model", code=503, type="unavailable_error"),
        limited_status=503,
    ),
    "Ollama": Dialect(
        card("library"),
        {"role": "assistant", "content": "Yes.", "reasoning": "Hm."},
        "length",
        (400, error("invalid top_p", type="invalid_request_error", param=None, code=None)),
        "invalid top_p",
        error("server busy, please try again. maximum pending requests exceeded", type="api_error"),
        limited_status=503,
    ),
    "LM Studio": Dialect(
        card("organization_owner"),
        THOUGHT_APART,
        "length",
        (400, {"error": "'top_p' must be a number between 0 and 1"}),
        "'top_p' must be a number",
        {"error": "Too many requests"},
    ),
    "SGLang": Dialect(
        card("sglang", max_model_len=4096),
        THOUGHT_APART,
        "length",
        (
            400,
            {"object": "error", "message": "top_p must be in (0, 1]", "type": "BadRequestError", "code": 400},
        ),
        "top_p must be in (0, 1]",
        {"object": "error", "message": "The request queue is full.", "type": "abort", "code": 503},
        limited_status=503,
    ),
    "TGI": Dialect(
        card("m"),
        THOUGHT_INSIDE,
        "length",
        (
            422,
            {"error": "Input validation error: `top_p` must be > 0.0 and < 1.0", "error_type": "validation"},
        ),
        "`top_p` must be > 0.0",
        {"error": "Model is overloaded", "error_type": "overloaded"},
    ),
    "LiteLLM": Dialect(
        card("openai"),
        THOUGHT_APART,
        "length",
        (400, error("litellm.UnsupportedParamsError: does not support parameters: ['top_p']", code="400")),
        "does not support parameters: ['top_p']",
        error("litellm.RateLimitError: quota. Please retry in 12s.", type="throttling_error", code="429"),
        12.0,
    ),
    "OpenRouter": Dialect(
        card("", context_length=4096),
        {
            "role": "assistant",
            "content": "Yes.",
            "refusal": None,
            "reasoning": "Hm.",
            "reasoning_details": [],
        },
        "length",
        (400, error("Provider returned error", code=400, metadata={"raw": '{"error": "no top_p here"}'})),
        "Provider returned error; no top_p here",
        error("Rate limit exceeded: free-models-per-day", code=429),
        86_400.0,
    ),
    "OpenAI": Dialect(
        card("system"),
        {"role": "assistant", "content": "Yes.", "refusal": None, "annotations": []},
        "length",
        (400, error("Unsupported parameter: 'top_p'", type="invalid_request_error", param="top_p")),
        "Unsupported parameter: 'top_p'",
        error("Rate limit reached on tokens per min. Please try again in 6m0s.", code="rate_limit_exceeded"),
        360.0,
    ),
    "Gemini": Dialect(
        card("google"),
        {"role": "assistant", "content": "Yes."},
        "MAX_TOKENS",
        (
            400,
            [{"error": {"code": 400, "message": 'Unknown name "top_p": Cannot find field.', "status": "X"}}],
        ),
        'Unknown name "top_p"',
        [{"error": {"code": 429, "message": "Quota exceeded", "details": [{"retryDelay": "34.4s"}]}}],
        34.4,
    ),
    "Mistral": Dialect(
        card("mistralai", max_context_length=4096),
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                {"type": "text", "text": "Yes."},
            ],
        },
        "model_length",
        (
            422,
            {"detail": [{"type": "less_than", "loc": ["body", "top_p"], "msg": "Input should be at most 1"}]},
        ),
        "body.top_p: Input should be at most 1",
        {"message": "Requests rate limit exceeded"},
        3.0,
        {"retry-after": "3"},
    ),
}
