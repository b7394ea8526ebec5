"""Legs: our side of one conversation."""
