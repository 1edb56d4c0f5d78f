import pytest
import torch
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.cli.models import LICENCES, OWN_SIDES, PAPERS, PROPOSED, SIDES
from spineseg.models import create_model, list_models
from spineseg.models.encoder_families import encoder_of


def run(*arguments):
    return CliRunner().invoke(app, ["models", *arguments])


def test_every_network_of_the_adversarial_paper_can_be_counted():
    result = run("wgan_ctm")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 2 + len(list_models("wgan_ctm"))


def test_every_network_of_a_paper_is_listed_with_its_size():
    result = run("cervspinenet")
    assert result.exit_code == 0
    *lines, last = result.output.splitlines()
    assert "random weights" in last
    assert [x.split()[0] for x in lines[1:]] == list_models("cervspinenet")
    own = next(x for x in lines if x.startswith("cervspinenet/cervspinenet "))
    assert own.split()[1:6] == ["Sawant", "2026", "proposed", "1024", "90,457,729"]
    size, weights = own.split(" 16 ")
    assert size.split()[-2:] == ["345.1", "MiB"]
    assert weights == "SAM encoder: Apache-2.0"


@pytest.mark.parametrize("name", list_models())
def test_the_size_at_which_a_network_is_counted_divides_by_its_multiple(name):
    with torch.device("meta"):
        model = create_model(name)
    side = OWN_SIDES.get(name, SIDES[name.split("/")[0]])
    assert side % int(getattr(model, "multiple", 1)) == 0


def test_every_name_in_the_tables_of_sizes_and_roles_is_a_network():
    assert PROPOSED | set(OWN_SIDES) <= set(list_models())
    assert set(PAPERS) == set(SIDES) == {n.split("/")[0] for n in list_models()}


def test_no_weights_are_shipped_and_loadable_ones_name_a_network():
    output = run("inception_unet").output.splitlines()
    assert all(line.endswith("none shipped") for line in output[1:-1])
    assert set(LICENCES) <= set(list_models())


@pytest.mark.parametrize("name", list_models())
def test_a_licence_is_named_where_a_loader_takes_the_encoder(name):
    with torch.device("meta"):
        model = create_model(name)
    if "SAM" in LICENCES.get(name, ""):
        return
    if name in LICENCES:
        title = encoder_of(model)[1].title.split()[0]
        assert LICENCES[name].startswith(title)
    else:
        with pytest.raises(SpinesegError, match="no encoder"):
            encoder_of(model)


def test_the_last_line_says_how_published_weights_are_loaded():
    assert "load_encoder(model, FILE)" in run("mdwcnet").output.splitlines()[-1]


def test_an_unknown_paper_is_refused_with_the_known_ones():
    result = run("nope")
    assert isinstance(result.exception, SpinesegError)
    assert "cvmunet" in str(result.exception)
