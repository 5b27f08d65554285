"""Accountability: what triggers it, which rule makes which measure of it, and what becomes of a measure."""
