"""The forms in which vendors describe their APIs, each read into the neutral model."""
