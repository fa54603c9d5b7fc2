"""Scripts that make the bundled models from the shared data; nothing at run time imports them."""
