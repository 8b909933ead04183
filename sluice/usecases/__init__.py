"""What Sluice does, one module per step; everything from outside comes in through sluice.ports."""
