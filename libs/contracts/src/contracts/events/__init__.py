"""The events of each context, one module per topic."""
