"""SAM's weights: both namings, both packages, and the engines of its encoder."""

import sys

import pytest
import torch
from meta_networks import on_meta, parameters
from safetensors.torch import save_file
from torch import nn

from spineseg import SpinesegError
from spineseg.blocks.mask_decoder import MaskDecoder
from spineseg.blocks.prompts import PromptEncoder
from spineseg.blocks.vit import ImageEncoderViT
from spineseg.models import create_model
from spineseg.models.cervspinenet import load_sam_encoder
from spineseg.models.presets import small
from spineseg.models.sam import SAM
from spineseg.models.sam_engines import public_encoder
from spineseg.models.sam_weights import (
    from_transformers,
    load_sam,
    read_sam,
    to_transformers,
)

NAME = "cervspinenet/sam"


def make(name=NAME, seed=0):
    torch.manual_seed(seed)
    return create_model(name, 1, 1, **small(name)).eval()


def transformers_sam(**sizes):
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    with torch.device("meta"):
        return package.SamModel(package.SamConfig(**sizes))


# --- weights


def test_the_names_go_to_transformers_and_back():
    ours = on_meta(NAME).state_dict()
    theirs = transformers_sam().state_dict()
    renamed = {to_transformers(k): v.shape for k, v in ours.items()}
    twice = "prompt_encoder.shared_embedding.positional_embedding"
    assert renamed == {k: v.shape for k, v in theirs.items() if k != twice}
    assert {from_transformers(k) for k in renamed} == set(ours)


@pytest.mark.oracle
def test_the_names_are_those_of_metas_package(meta_package):
    with torch.device("meta"):
        theirs = meta_package.Sam(
            meta_package.ImageEncoderViT(
                embed_dim=768, depth=12, num_heads=12, use_rel_pos=True, window_size=14,
                global_attn_indexes=(2, 5, 8, 11),
            ),
            meta_package.PromptEncoder(256, (64, 64), (1024, 1024), 16),
            meta_package.MaskDecoder(
                transformer_dim=256,
                transformer=meta_package.TwoWayTransformer(2, 256, 8, 2048),
            ),
        )  # fmt: skip
    ours = {k: v.shape for k, v in on_meta(NAME).state_dict().items()}
    assert ours == {k: v.shape for k, v in theirs.state_dict().items()}


@pytest.mark.parametrize("naming", ["meta", "transformers"])
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_checkpoint_of_either_naming_and_format_is_loaded(tmp_path, naming, kind):
    source, model = make(seed=1), make()
    rename = to_transformers if naming == "transformers" else str
    weights = {rename(k): v.clone() for k, v in source.state_dict().items()}
    file = tmp_path / f"sam.{kind}"
    torch.save(weights, file) if kind == "pth" else save_file(weights, file)
    load_sam(model, file)
    x, points = torch.randn(1, 1, 32, 32), torch.tensor([[[3.0, 4.0]]])
    assert torch.equal(model(x, points), source(x, points))


class Runs:
    def __reduce__(self):
        return print, ("code in a checkpoint ran",)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path, capsys):
    torch.save({"image_encoder.pos_embed": Runs()}, tmp_path / "bad.pth")
    with pytest.raises(SpinesegError, match="no file of weights"):
        read_sam(tmp_path / "bad.pth")
    assert "ran" not in capsys.readouterr().out


def test_a_missing_file_and_one_without_an_encoder_are_told_apart(tmp_path):
    with pytest.raises(SpinesegError, match=r"no such file.*yourself"):
        read_sam(tmp_path / "none.pth")
    torch.save({"head.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(SpinesegError, match="no image encoder of SAM"):
        read_sam(tmp_path / "other.pth")


# --- parity with the packages

VIT = {"channels": 16, "depth": 2, "heads": 2, "out": 16, "size": 64, "window": 3}


VISION = {"num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 64}
VISION |= {"output_channels": 16, "window_size": 3, "global_attn_indexes": [1]}
VISION |= {"num_pos_feats": 8, "mlp_dim": 64}


def drawn(seed=0):
    torch.manual_seed(seed)
    vit = ImageEncoderViT(**VIT, global_blocks=(1,))
    model = SAM(vit, PromptEncoder(16), MaskDecoder(16, heads=2, hidden=8), 1)
    for p in model.parameters():
        nn.init.normal_(p, std=0.3)
    return model.eval()


POINTS = torch.tensor([[[10.5, 20.5], [40.5, 8.5]]])


@pytest.mark.oracle
def test_full_sam_agrees_with_metas_package(meta_package):
    ours = drawn()
    theirs = meta_package.Sam(
        meta_package.ImageEncoderViT(
            img_size=64, embed_dim=16, depth=2, num_heads=2, out_chans=16,
            use_rel_pos=True, window_size=3, global_attn_indexes=(1,),
            norm_layer=lambda c: nn.LayerNorm(c, eps=1e-6),
        ),
        meta_package.PromptEncoder(16, (4, 4), (64, 64), 16),
        meta_package.MaskDecoder(
            transformer_dim=16, iou_head_hidden_dim=16,
            transformer=meta_package.TwoWayTransformer(2, 16, 2, 8),
        ),
    ).eval()  # fmt: skip
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(1, 3, 64, 64)
    prompts = (POINTS - 0.5, torch.ones(1, 2))  # Meta's points are whole pixels
    sparse, dense = theirs.prompt_encoder(prompts, None, None)
    places = theirs.prompt_encoder.get_dense_pe()
    with torch.no_grad():
        masks, quality = theirs.mask_decoder(
            theirs.image_encoder(x), places, sparse, dense, multimask_output=False
        )
        features = ours.image_encoder(x)
        there = torch.ones(1, 2, dtype=torch.bool)
        found = ours.answer(features, POINTS / 64, there)
    torch.testing.assert_close(found, (masks, quality), rtol=1e-5, atol=1e-5)


@pytest.mark.oracle
def test_full_sam_agrees_with_transformers():
    ours = drawn()
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    wide = {"hidden_size": 16}
    decoder = wide | {"num_attention_heads": 2, "mlp_dim": 8, "iou_head_hidden_dim": 16}
    prompt = wide | {"image_size": 64, "patch_size": 16}
    vision = wide | VISION
    config = package.SamConfig(
        vision_config=vision, prompt_encoder_config=prompt, mask_decoder_config=decoder
    )
    theirs = package.SamModel(config).eval()
    weights = {to_transformers(k): v for k, v in ours.state_dict().items()}
    twice = "prompt_encoder.shared_embedding.positional_embedding"
    weights[twice] = weights["shared_image_embedding.positional_embedding"]
    theirs.load_state_dict(weights)
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        out = theirs(
            pixel_values=x, input_points=(POINTS - 0.5)[:, None], multimask_output=False
        )
        found = ours.heads(x, POINTS)
        masks, quality = ours.answer(
            ours.image_encoder(x), POINTS / 64, torch.ones(1, 2, dtype=torch.bool)
        )
    torch.testing.assert_close(masks, out.pred_masks[:, 0], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(quality, out.iou_scores[:, 0], rtol=1e-5, atol=1e-5)
    assert torch.equal(found["quality"], quality)


# --- engines


@pytest.mark.oracle
@pytest.mark.parametrize("engine", ["segment-anything", "transformers"])
def test_every_engine_has_the_weights_of_vit_b(meta_package, engine):
    name = "cervspinenet/cervspinenet"
    theirs, ours = on_meta(name, engine=engine), on_meta(name)
    rename = from_transformers if engine == "transformers" else str
    front = {"transformers": "vision_encoder."}.get(engine, "image_encoder.")
    found = {
        rename(f"{front}{k}").removeprefix("image_encoder."): v.shape
        for k, v in theirs.encoder.state_dict().items()
    }
    assert found == {k: v.shape for k, v in ours.encoder.state_dict().items()}
    assert parameters(theirs) == parameters(ours) == 90_457_729


@pytest.mark.oracle
def test_an_encoder_of_transformers_takes_metas_checkpoint_and_agrees(tmp_path):
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    ours = drawn()
    torch.save(ours.state_dict(), tmp_path / "sam.pth")
    config = package.SamVisionConfig(**VISION, hidden_size=16)
    holder = nn.Module()
    holder.encoder = package.SamVisionModel(config).vision_encoder.eval()
    load_sam_encoder(holder, tmp_path / "sam.pth")
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        found = holder.encoder(x).last_hidden_state
        expected = ours.image_encoder(x)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_an_unknown_engine_and_a_size_for_a_package_are_refused():
    with pytest.raises(SpinesegError, match=r"no such engine.*expected spineseg"):
        public_encoder("torchvision")
    with pytest.raises(SpinesegError, match="takes no sizes"):
        public_encoder("transformers", {"depth": 2})


def test_a_package_that_is_not_there_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "segment_anything", None)
    with pytest.raises(
        SpinesegError, match=r"segment_anything cannot.*spineseg\[sam\]"
    ):
        public_encoder("segment-anything")


@pytest.mark.parametrize("engine", ["segment-anything", "transformers", "public"])
def test_another_size_is_refused_by_the_packages_encoder(meta_package, engine):
    with torch.device("meta"):
        encoder = public_encoder(engine)
        assert encoder(torch.zeros(1, 3, 1024, 1024)).shape == (1, 256, 64, 64)
        with pytest.raises(SpinesegError, match="found 512 x 512"):
            encoder(torch.zeros(1, 3, 512, 512))


def test_without_metas_package_the_one_of_transformers_is_taken(monkeypatch):
    pytest.importorskip("transformers", reason="extra sam is not installed")
    monkeypatch.setitem(sys.modules, "segment_anything", None)
    with torch.device("meta"):
        encoder = public_encoder("public")
    assert type(encoder).__module__.startswith("transformers.")
