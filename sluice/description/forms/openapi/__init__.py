"""OpenAPI 2 (Swagger), 3.0 and 3.1, and the JSON Schema inside them."""
