"""Ways out: clients for other systems. They speak protocols and decide nothing."""
