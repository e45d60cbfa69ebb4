"""Text -> token ids; the only importer of tokenizers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from index import model_pieces

QUICK = 2_000  # characters up to which a text is tokenised without loading the whole vocabulary
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without what no tokenizer takes: lone surrogates become U+FFFD, NUL a space."""
    return _SURROGATES.sub("\ufffd", text).replace("\0", " ")


class Tokens:
    """Text -> token ids.

    A question is tokenised with only the pieces that occur in it; the whole vocabulary (0.5 s) is loaded for bulk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._quick = model_pieces.open_pieces(folder)
        self._loaded: Any = None

    @property
    def whole(self) -> Any:
        """The tokenizer with all its pieces, loaded at first use."""
        with self._lock:
            if self._loaded is None:
                from tokenizers import Tokenizer

                self._loaded = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
                self._loaded.no_padding()
                self._loaded.no_truncation()
            return self._loaded

    @cached_property
    def frame(self) -> Any:
        """The tokenizer without pieces: its normaliser and its splitting into words."""
        from tokenizers import Tokenizer

        assert self._quick is not None
        return Tokenizer.from_str(json.dumps(self._quick.tokenizer([])))

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens."""
        if self._loaded is None and self._quick is not None and sum(map(len, texts)) <= QUICK:
            return [self._quick_ids(clean(text)) for text in texts]
        encodings = self.whole.encode_batch([clean(text) for text in texts], add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def _quick_ids(self, text: str) -> list[int]:
        from tokenizers import Tokenizer

        assert self._quick is not None
        if self._quick.has_added_token(text):  # split before normalising: not worth doing twice
            return list(self.whole.encode(text, add_special_tokens=False).ids)
        normal = self.frame.normalizer.normalize_str(text) if self.frame.normalizer else text
        words = self.frame.pre_tokenizer.pre_tokenize_str(normal) if self.frame.pre_tokenizer else [(normal, None)]
        found = self._quick.within({word for word, _ in words})
        tokenizer = Tokenizer.from_str(json.dumps(self._quick.tokenizer(found)))
        local = tokenizer.encode(text, add_special_tokens=False).ids
        return [self._quick.global_id(found, index) for index in local]


def load() -> None:
    """Import the engine ahead of its use."""
    import tokenizers  # noqa: F401
