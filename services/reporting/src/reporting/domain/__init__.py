"""Pure rules of reporting: facts and an instant in, a decision out. No clock, no database."""
