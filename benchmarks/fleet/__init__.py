"""Ten thousand connections on a virtual clock: what they ask of AWS and of vendors, what breaks first."""
