"""Where each real data set is, under which terms, and how to get it.

Hashes and sizes are those that public readers published; where none was found the
field is empty and the first download pins its own.
"""

from dataclasses import dataclass

from spineseg.core.errors import SpinesegError


@dataclass(frozen=True)
class RemoteFile:
    """One file to download.

    digest: ``"sha256:..."`` or ``"md5:..."``, or None where none is known.
    size_bytes: exact.  about_bytes: where only a rounded size is known.
    """

    name: str
    url: str
    digest: str | None = None
    size_bytes: int | None = None
    about_bytes: int | None = None

    @property
    def expected_bytes(self) -> int:
        """Return the size to reckon with."""
        return self.size_bytes or self.about_bytes or 0

    @property
    def is_archive(self) -> bool:
        """Say whether the file is unpacked after the download."""
        return self.name.endswith(".zip")


@dataclass(frozen=True)
class Offer:
    """What can be had of a data set, and on which terms.

    files: empty where a set needs an account, a signature or the authors.
    way: what a person has to do; told in place of a download, or beside it.
    about_bytes: of all files, where only that is known.
    """

    dataset: str
    licence: str
    citation: str
    files: tuple[RemoteFile, ...] = ()
    way: str = ""
    about_bytes: int = 0

    @property
    def expected_bytes(self) -> int:
        """Return the size of all files together, as far as it is known."""
        return self.about_bytes or sum(file.expected_bytes for file in self.files)


_SCIDB = "https://china.scidb.cn/download?fileId="
_ZENODO = "https://zenodo.org/records/10159290/files/"
_ISIC = "https://isic-archive.s3.amazonaws.com/challenges/2016/ISBI2016_ISIC_Part1_"
_NLM = "https://openi.nlm.nih.gov/imgs/collections/"

OFFERS = {
    offer.dataset: offer
    for offer in (
        Offer(
            "csxa_spinous",
            "not confirmed: read the record's page (doi:10.57760/sciencedb.15391) "
            "before use; do not redistribute the pictures",
            "Ran et al. 2024, Sci Data, doi:10.1038/s41597-024-03383-0",
            (
                RemoteFile(
                    "datasets.xlsx",
                    f"{_SCIDB}4deb4690ce87b3f491be184fb8d3b41f",
                    "md5:9c6d27010efc62554ffb1f16dc0a8cb3",
                    8_637_658,
                ),
                RemoteFile(
                    "datasets-JSON.zip",
                    f"{_SCIDB}5dada884dd8d622531e826f2452e35d7",
                    "md5:bf2e959df985aa5e676302ce92a7ec3c",
                    1_466_370_159,
                ),
                RemoteFile(
                    "datasets-PNG.zip",
                    f"{_SCIDB}801011b2c734ad280b9326a29358730f",
                    "md5:008db86e56f05003fa1870430c245bfd",
                    1_394_632_623,
                ),
            ),
            "The films and landmarks are open. For the 500 spinous-process masks of "
            'CervSpineNet no download was found; variant="bodies" makes masks of the '
            "landmarks.",
        ),
        Offer(
            "spider",
            "CC BY 4.0",
            "van der Graaf et al. 2024, Sci Data 11:264, "
            "doi:10.1038/s41597-024-03090-w; Zenodo doi:10.5281/zenodo.10159290",
            (
                RemoteFile(
                    "images.zip",
                    f"{_ZENODO}images.zip?download=1",
                    "sha256:a54cba2905284ff6cc9999f1dd0e4d871c8487187db7cd4b068484eac"
                    "2f50f17",
                    about_bytes=3_700_000_000,
                ),
                RemoteFile(
                    "masks.zip",
                    f"{_ZENODO}masks.zip?download=1",
                    "sha256:13a6e25a8c0d74f507e16ebb2edafc277ceeaf2598474f1fed24fdf59"
                    "cb7f18f",
                    about_bytes=58_200_000,
                ),
                RemoteFile("overview.csv", f"{_ZENODO}overview.csv?download=1"),
                RemoteFile(
                    "radiological_gradings.csv",
                    f"{_ZENODO}radiological_gradings.csv?download=1",
                ),
            ),
        ),
        Offer(
            "isic2016",
            "CC0 (reported, not confirmed here)",
            "Gutman et al. 2016, arXiv:1605.01397",
            tuple(
                RemoteFile(f"ISBI2016_ISIC_Part1_{part}.zip", f"{_ISIC}{part}.zip")
                for part in (
                    "Training_Data",
                    "Training_GroundTruth",
                    "Test_Data",
                    "Test_GroundTruth",
                )
            ),
            about_bytes=840_000_000,
        ),
        Offer(
            "chest_xray",
            "no licence text was found; the National Library of Medicine asks for "
            "citation",
            "Jaeger et al. 2014; Candemir et al. 2014",
            (
                RemoteFile(
                    "NLM-MontgomeryCXRSet.zip",
                    f"{_NLM}NLM-MontgomeryCXRSet.zip",
                    "sha256:54601e952315d8f67383e9202a6e145997ade429f54f7e0af44b4e1587"
                    "14f424",
                    about_bytes=617_000_000,
                ),
                RemoteFile(
                    "ChinaSet_AllFiles.zip",
                    f"{_NLM}ChinaSet_AllFiles.zip",
                    about_bytes=3_770_000_000,
                ),
            ),
            "The lung masks of the Shenzhen films are a separate release on Kaggle, "
            "which needs an account: put its folder `mask` beside `CXR_png`.",
        ),
        Offer(
            "axial_mri",
            "CC BY 4.0 (reported) for the stand-in; the terms of Tianchi are unread",
            "Al-Kafri et al., doi:10.17632/zbf6b4pttk.2; Tianchi data set 79463",
            (),
            "Stand-in: open doi:10.17632/zbf6b4pttk.2 in a browser, download "
            "Ground_Truth_Label.zip (1.04 GB), unpack it, and pass its folder as root "
            'with variant="mendeley". The Tianchi studies need an account at '
            "tianchi.aliyun.com/dataset/79463 and have points, no masks.",
        ),
        Offer(
            "cvmunet_xray",
            "private",
            "Xue et al. 2025 (Cvm-UNet)",
            (),
            "The films are not public. The paper says that its authors give them on "
            "request, after an ethics review. Put DICOM films, masks and a "
            "samples.csv into one folder and pass it as root.",
        ),
        Offer(
            "mdwc_spine",
            "private",
            "Gu, Wang, Chen 2025 (MDWC-Net)",
            (),
            "The films are not public; the paper says that its authors make them "
            "available. Put PNG files and LabelMe JSON into one folder and pass it as "
            "root.",
        ),
    )
}


def offer(name: str) -> Offer:
    """Return what can be had of a data set.

    Raises:
        SpinesegError: if nothing is known of it.
    """
    if name not in OFFERS:
        raise SpinesegError(
            "nothing is known about a download of this name",
            found=repr(name),
            expected=", ".join(OFFERS),
        )
    return OFFERS[name]
