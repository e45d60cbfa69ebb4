"""Converts text to token ids; the only importer of tokenizers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from index.model import vocabulary

CHUNK_TEXTS = 256  # texts per batch: enough to feed the workers, few enough to stop soon after Ctrl-C
QUICK_LETTERS = 6_000  # up to this many characters, tokenise without loading the whole vocabulary
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Replace characters that no tokenizer accepts: lone surrogates become U+FFFD, NUL a space."""
    return _SURROGATES.sub("\ufffd", text).replace("\0", " ")


class Tokens:
    """Converts text to token ids.

    A question is tokenised with only the pieces that occur in it; the whole vocabulary (0.5 s) is loaded for bulk work.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._quick = vocabulary.open_pieces(folder)
        self._loaded: Any = None

    @property
    def whole(self) -> Any:
        """The tokenizer with all its pieces, loaded on first use."""
        with self._lock:
            if self._loaded is None:
                from tokenizers import Tokenizer

                self._loaded = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
                self._loaded.no_padding()
                self._loaded.no_truncation()
            return self._loaded

    @cached_property
    def frame(self) -> Any:
        """The tokenizer without pieces: its normaliser and pre-tokenizer."""
        from tokenizers import Tokenizer

        assert self._quick is not None
        return Tokenizer.from_str(json.dumps(self._quick.tokenizer([])))

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without special tokens."""
        return [ids for ids, _ in self.encode(texts)]

    def encode(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """The ids of each text, without special tokens, and the text slice of each token."""
        cleaned = [clean(text) for text in texts]
        few = self._loaded is None and self._quick is not None and sum(map(len, texts)) <= QUICK_LETTERS
        if few and not any(self._quick.has_added_token(text) for text in cleaned if self._quick):
            return self._quickly(cleaned)
        encodings = self.whole.encode_batch(cleaned, add_special_tokens=False)
        return [(encoding.ids, encoding.offsets) for encoding in encodings]

    def _quickly(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        """Encode with a tokenizer of just the pieces that can occur in these texts."""
        from tokenizers import Tokenizer

        assert self._quick is not None
        frame = self.frame
        normal = [frame.normalizer.normalize_str(text) if frame.normalizer else text for text in texts]
        split = [
            frame.pre_tokenizer.pre_tokenize_str(text) if frame.pre_tokenizer else [(text, None)] for text in normal
        ]
        found = self._quick.within({word for words in split for word, _ in words})
        tokenizer = Tokenizer.from_str(json.dumps(self._quick.tokenizer(found)))
        encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [([self._quick.global_id(found, each) for each in e.ids], e.offsets) for e in encodings]


def load() -> None:
    """Import the engine ahead of time."""
    import tokenizers  # noqa: F401
