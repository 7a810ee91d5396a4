"""How the loss of a firm spreads along its supply network (ESRI: systemic risk of firms)."""
