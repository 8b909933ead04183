"""`sluice users`: the commands about who may sign in."""
