"""What the chapters of the book call."""
