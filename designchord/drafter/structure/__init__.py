"""What a text states by its form, in every language: tables, diagrams, routes, glossaries."""
