"""Files as they come in: received within bounds, looked into by a process of their own, stripped for outsiders."""
