"""Sentences: the words of two languages, what designs are made of, and what demands say is done and refused.

Who drafts a design and who judges one read a demand by the same rules; neither knows the other.
"""
