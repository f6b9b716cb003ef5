"""What designchord is compared with: the two published designs, rebuilt, and the practical limit.

Each is a process of its own that makes the same calls to the same model server and prints one line of JSON.
"""
