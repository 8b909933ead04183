"""Raw records to events: examined, mapped, compared with what was last published."""
