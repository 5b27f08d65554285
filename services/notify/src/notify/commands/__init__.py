"""The use cases of notify, each in the caller's transaction."""
