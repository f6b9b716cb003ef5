"""A kind of artifact that lives outside the package: how long things live, as state diagrams.

This folder and the registration in ``__main__`` are all there is of it, so what tests see of it in the faces, the faces
have learnt from the kind. A blueprint that nothing works on has no part of it.
"""
