"""What each action does to a hazard: pure functions from a hazard, a moment and what is said to a step."""
