"""The vendors, imitated on the wire, with one coherent made-up ecosystem behind them."""
