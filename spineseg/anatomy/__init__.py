"""The parametric spine: millimetres, signed distances, closed meshes; no torch."""
