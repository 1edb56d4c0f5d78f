"""Reading and writing medical images and annotations; no torch."""
