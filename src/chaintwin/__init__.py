"""chaintwin (链孪): a digital twin of a place's industrial chain and its investment archives."""

from importlib.metadata import version

__version__ = version("chaintwin")
