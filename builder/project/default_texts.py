"""Words of a new project where its author decides none, in the languages of the interface."""

from __future__ import annotations

FALLBACK = "en"

MENU_TITLES = {
    "en": "Classify this text",
    "ar": "صنّف هذا النص",
    "de": "Diesen Text einordnen",
    "es": "Clasificar este texto",
    "fr": "Classer ce texte",
    "ja": "このテキストを分類",
}
"""The entry in the browser's menu on selected text."""

DESCRIPTIONS = {
    "en": "Select a text and see how it is classified, computed on your own device.",
    "ar": "حدّد نصًا لترى كيف يُصنَّف، ويجري الحساب على جهازك.",
    "de": (
        "Einen Text markieren und sehen, wie er eingeordnet wird, berechnet auf dem eigenen Gerät."
    ),
    "es": "Selecciona un texto y mira cómo se clasifica, calculado en tu propio dispositivo.",
    "fr": (
        "Sélectionnez un texte et voyez comment il est classé ; le calcul se fait sur votre"
        " appareil."
    ),
    "ja": (
        "テキストを選択すると、どのように分類されるかが表示されます。計算はお使いの端末で行われます。"
    ),
}
"""What stores show."""


def in_each(locales: tuple[str, ...], known: dict[str, str], own: str | None) -> dict[str, str]:
    """The words by locale: the author's ``own`` in all of them, else those that are known, and for
    the default locale always some.
    """
    if own is not None:
        return dict.fromkeys(locales, own)
    return {
        locale: known.get(locale, known[FALLBACK])
        for locale in locales
        if locale in known or locale == locales[0]
    }
