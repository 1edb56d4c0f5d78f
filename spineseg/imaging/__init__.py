"""From geometry to pixels: rasteriser, radiograph chain, MRI chain; no torch."""
