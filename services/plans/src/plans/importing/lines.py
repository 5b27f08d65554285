"""Lines of a source document, as everything extracted points back to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the source. `number` counts from 1 in the file as it was given; paragraphs of .docx count as lines."""

    number: int
    text: str
