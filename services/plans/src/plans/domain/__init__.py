"""Pure rules of plans: facts and an instant in, a decision out. No clock, no database."""
