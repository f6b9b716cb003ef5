"""The questions of a blueprint that is asked for in stages, each a Markdown file with its form."""
