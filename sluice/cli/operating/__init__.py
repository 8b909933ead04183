"""The commands of whoever operates Sluice: how it stands, topics, the quarantine, the audit."""
