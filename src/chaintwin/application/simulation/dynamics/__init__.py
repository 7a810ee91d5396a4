"""How shortages run through stocks from day to day, and how they heal (ARIO; Inoue & Todo)."""
