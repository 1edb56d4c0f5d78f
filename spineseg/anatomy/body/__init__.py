"""The body around the spine: built once in a canonical pose, carried to a patient."""

from spineseg.anatomy.body.bake import REGIONS, body_scale, body_scene

__all__ = ["REGIONS", "body_scale", "body_scene"]
