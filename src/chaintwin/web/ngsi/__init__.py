"""NGSI-LD (ETSI GS CIM 009 v1.8.1): the twin's open API under /ngsi-ld/v1."""
