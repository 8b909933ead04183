"""Notifications reach people: who is told, by which channel, and again where a receiver fails."""
