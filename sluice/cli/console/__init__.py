"""`sluice console`: the web console, served on this machine or published to AWS."""
