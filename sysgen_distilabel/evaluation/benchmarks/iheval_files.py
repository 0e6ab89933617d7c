"""The files of IHEval, at one commit of its repository."""

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
    "task-execution/translation": {
        "aligned": {
            "system_translation_strong": "b30fd1fa0f3e79b45a05f977366fd40309d5a73e",
            "system_translation_weak": "c9bad6461870c66a8572f99c4d7c3975b7918cf7",
        },
        "conflict": {
            "system_translation_strong_user_mathqa_strong": "6dcfd9d3ee75fb0946e65ecf274622166bc6cec7",
            "system_translation_strong_user_mathqa_weak": "063f2250d4f4b33660b3c31de1b9a9c16785f67b",
            "system_translation_weak_user_mathqa_strong": "c63cb3940048dda978fd43ddab04d91e9c7f5c7c",
            "system_translation_weak_user_mathqa_weak": "e376da2da1697415ebd2948da3ceea1b0f121733",
        },
        "reference": {
            "default": "1a816cf50be8ccf174cb8d80d4002e60a2cd2966",
        },
    },
    "task-execution/verb-extract": {
        "aligned": {
            "system_verb_extract_strong": "32463446b9f0efa304eb630576719e5b00665e9d",
            "system_verb_extract_weak": "5caac681c98608e7bddb7019bbf9ce2078d368b2",
        },
        "conflict": {
            "system_verb_extract_strong_user_translate_strong": "774a430821da4cad12a7bf80bae0383c65c9076d",
            "system_verb_extract_strong_user_translate_weak": "f565f25ba18b4b533a3054ee0d71da09aef15f9e",
            "system_verb_extract_weak_user_translate_strong": "a10c322add84ae850691622fa4d0ef87db69ea82",
            "system_verb_extract_weak_user_translate_weak": "7c55e2090cfc2baafe860fd2979e027d2b9cab4a",
        },
        "reference": {
            "default": "368e1a650949518b86c8d10c35d67babbb4f32d3",
        },
    },
    "tool-use/get-webpage": {
        "aligned": {
            "default": "ddf7f84f61cfa2e028fea4215825daf51a33e1d2",
        },
        "conflict": {
            "tool_prompt_strong": "39ce7413f79ce43077bff37c0a5bb3cd4ceb579e",
            "tool_prompt_weak": "c9ba90fc29f1d9b580b35a67fc69166ddf3c09ba",
        },
        "reference": {
            "default": "07dccf62d7d891a97e5866898aff3040caea95f5",
        },
    },
    "tool-use/slack-user": {
        "aligned": {
            "default": "872f4dc8fa0592b25f01bc302ae3856849bbc063",
        },
        "conflict": {
            "tool_prompt_strong": "a7ebdb070b6ce247550ec68c1a275d8dd637564c",
            "tool_prompt_weak": "04a0be0840d1d0842a7efaae35ba532a7c138e42",
        },
        "reference": {
            "default": "8fb97096eadb55618bb7837fbb5e72f56ed05098",
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
