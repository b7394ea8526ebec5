"""Fuzzing of what strangers can send to the box."""
