"""Changes on the wire: a real sandbox server, the real engine, and what people were told and sent."""
