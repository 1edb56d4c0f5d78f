"""Small pictures, few samples: what is tested is the way, not the picture."""

SIZES = {
    "cvmunet_xray": {"size_px": 96, "count": 4},
    "csxa_spinous": {"size_px": 128, "count": 3},
    "mdwc_spine": {"size_px": 96, "count": 3},
    "chest_xray": {"size_px": 96, "count": 6},
    "isic2016": {"size_px": 64, "count": 4},
    "spider": {"size_px": 48, "count": 3},
    "axial_mri": {"size_px": 48, "count": 3},
}
