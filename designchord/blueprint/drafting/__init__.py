"""The parts of the offline drafter: reading messy text, the words of two languages, and what designs are made of."""
