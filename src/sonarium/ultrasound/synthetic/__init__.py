"""A synthetic ultrasound department: original pictures of patients who never were.

Scatterers are painted once for each view and carried along by a model of the motion, seen
through a model of a beam, and written as DICOM objects that mark themselves as synthetic.
Everything follows from a seed. Nothing here opens a file or a socket.
"""
