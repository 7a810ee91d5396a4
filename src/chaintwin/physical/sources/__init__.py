"""One folder per source: `source.yml` declares it, `read.py` reads it, `sample/` shows it."""
