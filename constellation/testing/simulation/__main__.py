"""``python -m constellation.testing.simulation``: run constellations by their seeds, each in a process of its own."""

from constellation.testing.simulation import virtual_time

virtual_time.install()

if __name__ == "__main__":
    from constellation.testing.simulation.command import main

    main()
