"""A page of many sentences, as a story with headings, links and a sidebar."""

from __future__ import annotations

_SENTENCES = (
    "On day {number} I feel so happy and grateful to be back in the old house again.",
    "Ferry {number} left the northern pier at twenty past eight on a Tuesday.",
    "She was furious that nobody had told her about broken gate number {number}.",
    "We counted {number} steps from the landing to the second door.",
    "I am terrified of the sound that the cellar makes after dark on day {number}.",
    "On day {number} he felt so sad and lonely that he could not finish his supper.",
    "I adore her and I love all of the {number} letters that she has ever sent me.",
    "They were amazed and quite surprised to find {number} apple trees in bloom.",
    "Committee {number} will meet in the room above the library at noon.",
    (
        "A box of {number} <a href='#box'>brass screws</a> costs less than a <em>tin of paint</em>"
        " there."
    ),
)
_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A long story</title>
<link rel="icon" href="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
<style>body { margin: 0; font: 17px/1.6 serif }
.top { position: sticky; top: 0; z-index: 5; background: white; padding: 12px }
.page { display: flex; gap: 40px; max-width: 900px; margin: auto }
main { flex: 3 } aside { flex: 1 }</style></head>
<body><header class="top"><nav><a href="#">Home</a> <a href="#">About</a></nav></header>
<div class="page"><main><article>
"""
_TAIL = """</article></main>
<aside><p>Also of interest</p><ul><li><a href="#">Another story</a></li></ul></aside></div>
<footer>All rights reserved by nobody in particular.</footer></body></html>"""


def sample_page(sentences: int, per_paragraph: int = 5, *, day: int = 0) -> bytes:
    """HTML of so many sentences, no two alike, headings included; two pages that begin on days far
    enough apart share none.
    """
    parts = [_HEAD, f"<h1>A long story of a house, from day {day}</h1>\n"]
    count = 1  # the title
    while count < sentences:
        if count % 50 == 0:
            parts.append(f"<h2>Chapter number {(day + count) // 50} of it</h2>\n")
            count += 1
        some = min(per_paragraph, sentences - count)
        numbers = range(day + count, day + count + some)
        parts.append(
            "<p>"
            + "\n".join(
                _SENTENCES[number % len(_SENTENCES)].format(number=number) for number in numbers
            )
            + "</p>\n"
        )
        count += some
    return "".join([*parts, _TAIL]).encode()
