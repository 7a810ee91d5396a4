"""OGC API Features, part 1: core and GeoJSON (OGC 17-069r4), in CRS84, under /ogc/v1."""
