"""What becomes of a task in force: pure rules."""
