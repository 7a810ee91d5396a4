"""The room of anchor firms 链主: what they buy and where, what they could pull, who knows whom."""
