"""What the platform does per second, on real parts, beside what it is compared with. `make bench` prints one JSON object."""
