"""Texts of many kinds, to compare an imported model with its source if its author gives none."""

SAMPLE_TEXTS = (
    "The parcel came a week late, and the box was torn open.",
    "Best coffee in town, and the people behind the counter are lovely!",
    "i can't believe they cancelled it again",
    "WHY DOES NOBODY ANSWER THE PHONE???",
    "Meeting moved to 14:30, room 2.11; please bring the printed figures.",
    "She said \u201cnever mind\u201d \u2013 but she did mind, I think.",
    "Water boils at 100 \u00b0C at sea level.",
    "lol same \U0001f602\U0001f602 who even reads the terms",
    "Thank you so much for staying with her last night \u2764\ufe0f",
    "I'm not sure whether this is good news or bad news.",
    "Das Essen war k\u00f6stlich, aber wir mussten ewig warten.",
    "Je n'ai jamais \u00e9t\u00e9 aussi d\u00e9\u00e7u par un film.",
    "\u00bfPor qu\u00e9 no me avisaste antes? Ma\u00f1ana hablamos.",
    "\u3068\u3066\u3082\u5b09\u3057\u3044\u3067\u3059\u3002\u3042\u308a\u304c\u3068\u3046\uff01",
    "\u8fd9\u4e2a\u4ea7\u54c1\u8d28\u91cf\u4e0d\u9519\uff0c\u6211\u5f88\u559c\u6b22\u3002",
    (
        "\u041e\u0447\u0435\u043d\u044c \u0441\u0442\u0440\u0430\u043d\u043d\u043e\u0435"
        " \u0440\u0435\u0448\u0435\u043d\u0438\u0435."
    ),
    "\u0634\u0643\u0631\u0627 \u062c\u0632\u064a\u0644\u0627",
    "see https://example.org/help?topic=billing#refund for details",
    "def main(): return {'ok': True}",
    "na\u00efve caf\u00e9 r\u00e9sum\u00e9 \u0130stanbul \u00c5ngstr\u00f6m \ufb01ne",
    "tabs\tand   several    spaces\nand a second line",
    "a",
    "...",
    "42",
    "zero\u200bwidth and\u00a0hard spaces",
    "antidisestablishmentarianism supercalifragilisticexpialidocious",
    (
        "The service was slow, the soup was cold, and when we asked for the bill they brought us"
        " someone else's; still, the view from the terrace made up for most of it, and we would"
        " come back in summer, though perhaps not for dinner."
    ),
    "He kept the letter for thirty years and never opened it.",
    "[CLS] is not what people write </s> but it happens [MASK]",
    "ok",
)
