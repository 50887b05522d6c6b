"""Forms: pages and fields read from a JSON Schema and a JSON Forms UI schema, answers parsed, checked and shown."""
