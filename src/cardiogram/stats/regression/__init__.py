"""Robust lines and models of counts, with tests that hold where authors are few."""
