"""All SQL of plans. The tree itself is read and written with `servicekit.units`."""
