"""Records of one entity in two connections, joined by a key: what is only here, only there, or differs."""
