"""Pure rules of hazards: facts and an instant in, a decision out. No clock, no database."""
