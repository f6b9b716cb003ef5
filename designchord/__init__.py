"""designchord turns a project idea into one consistent, checked software design."""

__version__ = "0.1.0"
