"""Sentences: the words of two languages, and what designs are made of."""
