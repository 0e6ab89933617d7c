"""The files of IHEval that are used, at one commit of its repository."""

from __future__ import annotations

from typing import Final

COMMIT: Final = "726a62924c3050045954df94347d53fe2bd1090d"
ADDRESS: Final = f"https://raw.githubusercontent.com/ytyz1307zzh/IHEval/{COMMIT}"

_CHECKSUMS: Final = {
    "rule-following/multi-turn": {
        "aligned": {
            "default_system_prompt": "022b32ba0d6b8f4d4076a01e1fdafb42244aadf6",
            "strong_system_prompt": "2972a595c69a3e5e0dd5697857cc381329722ce9",
        },
        "conflict": {
            "both-turn-conflict-default-system-prompt": "9a00d961ffbec0247b37e3929f778bff329e7153",
            "both-turn-conflict-strong-system-prompt": "dd0add905f79cc3afa6783f762bd6fc36bc8475c",
            "first-turn-conflict-default-system-prompt": "15e84990bb190809a15affe987e5b99eb9e46f77",
            "first-turn-conflict-strong-system-prompt": "01e245477fe36c7fcf6bd269a135030898ff190f",
        },
        "reference": {
            "default": "1b939da323ae04c2ef43a0f85062c01eface3140",
        },
    },
    "rule-following/single-turn": {
        "aligned": {
            "default": "5b352fb305989c57ef71155688de9aea19bb22cd",
        },
        "conflict": {
            "default": "d2aaca4cf6db03ec2917155a2548c0d67e858d42",
        },
        "reference": {
            "default": "4f90f3106b5c209fbed03f0520914a45d1941e71",
        },
    },
    "task-execution/lang-detect": {
        "aligned": {
            "system_lang_detect_strong": "d040bcd253fee43b1cf945f6787c42191b0ad9f0",
            "system_lang_detect_weak": "e38f7f6b1d2434bda3e0778dbd477617f39e6ca3",
        },
        "conflict": {
            "system_lang_detect_strong_user_sum_strong": "93a615e1cc95506387e80a987563363552455053",
            "system_lang_detect_strong_user_sum_weak": "6f7171e2251b1af8b5532dcc9d430bf25a0cb4e8",
            "system_lang_detect_weak_user_sum_strong": "c07c2ce114285e61caf9af97b8b4873955b8d058",
            "system_lang_detect_weak_user_sum_weak": "cca3f8f5a933c7d2d98b9bc28e693823cedae46d",
        },
        "reference": {
            "default": "0514e4c1bb482fb0099e48d949aab1b95fe76b61",
        },
    },
    "safety/system-prompt-extract": {
        "aligned": {
            "default": "7255b73b2af05aba1f8d12509e04eddc634b7ab3",
        },
        "conflict": {
            "strong_defense": "4f1297ba7b0da48149bb49a46066fcbfbe2f88a4",
            "weak_defense": "f247861fd2ea2b4c74fdda69078be73d10a5db5d",
        },
        "reference": {
            "default": "fb8142cbd0bbe3d4086fdd7598097030e3f26015",
        },
    },
    "safety/user-prompt-hijack": {
        "aligned": {
            "default": "af1513beaabd31a4d7b85d9197bd5efac3545e03",
        },
        "conflict": {
            "strong_defense": "c5e37d8323591603c1639da0b71bf173c1621dc9",
            "weak_defense": "13766c7fcfedae825c337efcc170413fb5eb5600",
        },
        "reference": {
            "default": "61ba882c0ab327a58c3d3c300f53228e23793be4",
        },
    },
}

FILES: Final = {
    f"benchmark/{task}/{setting}/{prompt}/input_data.json": checksum
    for task, settings in _CHECKSUMS.items()
    for setting, prompts in settings.items()
    for prompt, checksum in prompts.items()
}
"""Git's checksum of each file, by name."""
