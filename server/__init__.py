"""The face for programs; it has no routes yet."""
