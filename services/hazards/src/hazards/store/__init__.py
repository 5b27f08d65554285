"""All SQL of hazards. Units are read and written with `servicekit.units`."""
