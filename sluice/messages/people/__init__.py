"""Notifications as people read them: in words, on Slack and Teams, in mail; and how a webhook is signed."""
