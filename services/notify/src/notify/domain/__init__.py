"""Decisions of notify: pure functions of facts and `now`."""
