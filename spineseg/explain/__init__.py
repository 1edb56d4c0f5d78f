"""Explanation: what a network looks at, and whether that picture can be believed."""

from spineseg.explain.attention import (
    attention_of,
    attention_rollout,
    attention_weights,
    fused,
    grid_attention,
    joined_windows,
    query_map,
)
from spineseg.explain.cam import (
    enlarged,
    features_and_gradients,
    grad_cam,
    hires_cam,
)
from spineseg.explain.known_cause import Planted, plant_cause
from spineseg.explain.occlusion import occlusion_map
from spineseg.explain.sanity import (
    Step,
    exchanged_labels,
    layers_as_run,
    randomised,
    rank_similarity,
    weight_cascade,
)
from spineseg.explain.scores import area_share, energy_inside, pointing_game
from spineseg.explain.target import mean_logit, mean_logit_where_predicted
from spineseg.explain.watch import (
    channels_first,
    channels_last,
    evaluating,
    feature_maps,
    find_layer,
    sequence,
    tokens,
    watched,
)

__all__ = [
    "Planted",
    "Step",
    "area_share",
    "attention_of",
    "attention_rollout",
    "attention_weights",
    "channels_first",
    "channels_last",
    "energy_inside",
    "enlarged",
    "evaluating",
    "exchanged_labels",
    "feature_maps",
    "features_and_gradients",
    "find_layer",
    "fused",
    "grad_cam",
    "grid_attention",
    "hires_cam",
    "joined_windows",
    "layers_as_run",
    "mean_logit",
    "mean_logit_where_predicted",
    "occlusion_map",
    "plant_cause",
    "pointing_game",
    "query_map",
    "randomised",
    "rank_similarity",
    "sequence",
    "tokens",
    "watched",
    "weight_cascade",
]
