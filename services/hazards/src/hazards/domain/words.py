"""What a text is found by: pairs of characters that stand beside each other, since Chinese prints no words."""

from itertools import pairwise


def pairs(text: str) -> set[str]:
    """Return the pairs of a text, in lower case; none of a single character.

    A text that contains another one contains all of its pairs.
    """
    return {"".join(pair) for pair in pairwise(text.lower())}
