"""chaintwin (链孪): a digital twin of a place's industrial chain and its investment archives."""
