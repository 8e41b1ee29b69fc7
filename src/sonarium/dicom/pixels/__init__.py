"""Pixels: from stored frames to values, pictures, other transfer syntaxes and films.

Here belongs what turns the bytes of a frame into something else: codecs, colour,
greyscale windows, geometry, still and moving pictures, transcoding. What finds the
bytes of a frame does not (`sonarium.dicom.frames`), nor what decides where such
work runs (`sonarium.services.decoding`): everything here may meet hostile bytes,
so only worker processes call the codecs.
"""
