"""The kit: drafts connectors from what vendors publish; proposes with reasons, asks what it cannot know."""
