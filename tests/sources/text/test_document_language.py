from __future__ import annotations

import pytest

from sources.text.document_language import document_language


@pytest.mark.whole
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The crossing was closed after an exchange of fire between the border guards.", "en"),
        ("سرحدی محافظوں کے درمیان فائرنگ کے تبادلے کے بعد گزرگاہ بند کر دی گئی ہے۔", "ur"),
        ("د پولې ساتونکو ترمنځ له ډزو وروسته د تورخم لاره د تګ راتګ پر مخ وتړل شوه.", "ps"),
        ("پس از تیراندازی میان مرزبانان دو کشور گذرگاه تورخم به روی رفت و آمد بسته شد.", "fa"),
        ("Пункт пропуска закрыли после перестрелки между пограничниками двух стран.", "ru"),
        ("أُغلق المعبر الحدودي بعد تبادل إطلاق النار بين حرس الحدود في البلدين.", "ar"),
        ("Torkham", "en"),
        ("طورخم", "und"),
        ("", "en"),
    ],
)
def test_document_language(text: str, language: str) -> None:
    assert document_language(text) == language
