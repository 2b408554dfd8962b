"""`python -m hub.cli`, as `hub serve` starts its processes."""

from hub.cli import main

main()
