import pytest
import torch
from torch import nn

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.models.presets import small
from spineseg.models.text_prompts import encode_prompts, stand_in

NAME = "cervspinenet/segformer_text"


def make(**reading):
    torch.manual_seed(0)
    return create_model(NAME, 3, 1, **(small(NAME) | reading)).eval()


def without_prompt(model):
    named = model.state_dict().items()
    return {k: v for k, v in named if not k.startswith(("prompt", "scale"))}


def test_a_prompt_is_a_unit_vector_of_its_own_words():
    a, b = stand_in("spinous process"), stand_in("vertebral body")
    assert a.shape == (512,)
    assert a.norm().item() == pytest.approx(1)
    assert abs(float(a @ b)) < 0.2
    assert torch.equal(a, stand_in("spinous process"))


def test_the_prompt_is_kept_with_the_weights_and_never_trained():
    model = make()
    assert "prompt" in model.state_dict()
    assert "prompt" not in dict(model.named_parameters())
    other = make(embedding=torch.randn(512))
    other.load_state_dict(model.state_dict())
    x = torch.randn(1, 3, 32, 32)
    assert torch.equal(other(x), model(x))


def test_a_prompt_that_scales_by_one_is_a_plain_segformer():
    plain, model = make(), make(embedding=[1.0, 0.0])
    for scale in (plain.scale, model.scale):
        nn.init.zeros_(scale.weight)
        nn.init.zeros_(scale.bias)
    model.load_state_dict(without_prompt(plain), strict=False)
    x = torch.randn(1, 3, 32, 32)
    assert torch.equal(model(x), plain(x))


def test_with_one_prompt_any_vector_can_do_what_another_does():
    """W t takes every value that W' t' takes: the text tells the network nothing."""
    one, other = make(), make(embedding=torch.randn(512))
    wanted = one.scale(one.prompt)
    nn.init.zeros_(other.scale.bias)
    other.scale.weight.data = torch.outer(wanted.detach(), other.prompt)
    other.load_state_dict(without_prompt(one), strict=False)
    x = torch.randn(1, 3, 32, 32)
    torch.testing.assert_close(other(x), one(x))


@pytest.mark.parametrize("bad", [[0.0, 0.0], [[1.0, 2.0]]])
def test_a_prompt_that_is_no_vector_is_refused(bad):
    with pytest.raises(SpinesegError, match="one vector other than zero"):
        make(embedding=bad)


NAMES = (
    ("encoder.stages.", "segformer.stages."),
    (".embed.", ".patch_embeddings.proj."),
    (".embed_norm.", ".patch_embeddings.layer_norm."),
    (".norm1.", ".layernorm_before."),
    (".norm2.", ".layernorm_after."),
    (".attention.reduce.", ".attention.sequence_reduction.sequence_reduction."),
    (".attention.norm.", ".attention.sequence_reduction.layer_norm."),
    *((f".attention.{x}.", f".attention.{x}_proj.") for x in "qkv"),
    (".attention.proj.", ".attention.o_proj."),
    (".norm.", ".layer_norm."),
    (".ffn.depthwise.", ".mlp.dwconv.dwconv."),
    (".ffn.", ".mlp."),
    ("decoder.mix.0.", "decode_head.linear_fuse."),
    ("decoder.mix.1.", "decode_head.batch_norm."),
    ("head.weight", "decode_head.classifier.weight"),
    ("head.bias", "decode_head.classifier.bias"),
)


def renamed(weights, like):
    """Return our weights under the names, and in the shapes, of transformers."""
    found = {}
    for name, value in weights.items():
        if name.startswith(("scale", "prompt")):
            continue
        if name.startswith("decoder.maps."):
            _, _, level, kind = name.split(".")
            name = f"decode_head.linear_projections.{level}.proj.{kind}"
        elif not name.startswith("decode_head"):
            for ours, theirs in NAMES:
                if ours in name and (ours[0] == "." or name.startswith(ours)):
                    name = name.replace(ours, theirs)
        found[name] = value.reshape(like[name].shape)
    return found


def theirs_of(package):
    config = package.SegformerConfig(
        num_labels=1, hidden_sizes=[4, 8, 8, 16], depths=[1] * 4,
        num_attention_heads=[1] * 4, decoder_hidden_size=8,
    )  # fmt: skip
    return package.SegformerForSemanticSegmentation(config).eval()


@pytest.mark.oracle
def test_segformer_agrees_with_transformers_when_the_prompt_scales_by_one():
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    ours = make()
    for p in ours.parameters():
        nn.init.normal_(p, std=0.3)
    for p in ours.scale.parameters():
        nn.init.zeros_(p)
    theirs = theirs_of(package)
    weights = renamed(ours.state_dict(), theirs.state_dict())
    theirs.load_state_dict(weights)
    x = torch.randn(2, 3, 64, 96)
    with torch.no_grad():
        coarse = theirs(pixel_values=x).logits
        expected = nn.functional.interpolate(
            coarse, size=x.shape[2:], mode="bilinear", align_corners=False
        )
        torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.oracle
def test_b0_has_the_parameters_of_transformers_b0():
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    with torch.device("meta"):
        theirs = package.SegformerForSemanticSegmentation(
            package.SegformerConfig(num_labels=1)
        )
        ours = create_model(NAME, 3, 1)
    own = sum(p.numel() for n, p in ours.named_parameters() if "scale" not in n)
    assert own == sum(p.numel() for p in theirs.parameters()) == 3_714_401


# --- words to vectors


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """A tiny text encoder with fresh weights, saved as transformers does."""
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    folder = tmp_path_factory.mktemp("encoder")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "spinous", "process", "disc"]
    vocabulary = {word: i for i, word in enumerate(words)}
    package.BertTokenizer(vocab=vocabulary).save_pretrained(folder)
    torch.manual_seed(0)
    config = package.BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=8, max_position_embeddings=16,
    )  # fmt: skip
    package.BertModel(config).save_pretrained(folder)
    return folder


def test_an_encoder_makes_one_unit_vector_of_some_prompts(encoder):
    one = encode_prompts(["spinous process"], encoder)
    both = encode_prompts(["spinous process", "disc"], encoder)
    assert one.shape == both.shape == (8,)
    assert both.norm().item() == pytest.approx(1)
    other = encode_prompts(["disc"], encoder)
    torch.testing.assert_close(both, nn.functional.normalize(one + other, dim=0))


def test_padding_does_not_change_a_prompt(encoder):
    long = ["spinous", "spinous process disc process disc"]
    apart = [encode_prompts([p], encoder) for p in long]
    expected = nn.functional.normalize(apart[0] + apart[1], dim=0)
    torch.testing.assert_close(encode_prompts(long, encoder), expected)


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(SpinesegError, match="no prompt"):
        encode_prompts([], tmp_path)
    with pytest.raises(SpinesegError, match=r"no such folder.*yourself"):
        encode_prompts(["disc"], tmp_path / "none")


def test_an_empty_folder_is_no_encoder(tmp_path):
    pytest.importorskip("transformers", reason="extra sam is not installed")
    with pytest.raises(SpinesegError, match="holds no text encoder"):
        encode_prompts(["disc"], tmp_path)
