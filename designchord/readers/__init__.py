"""Systems that are there: what their files and databases say, in one shape. Nothing is asked of a model."""
