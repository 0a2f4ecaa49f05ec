"""What happens to chroniclers: the same as to nodes, and their databases may be lost at any time."""

import sqlite3
from collections.abc import Callable
from typing import Final

from sqlalchemy.exc import OperationalError

from constellation.testing.simulation.chroniclers import Chronicler
from constellation.testing.simulation.damage import damage_one, restore_backup, wipe
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.simulation import Simulation
from constellation.testing.simulation.weather import Weather

_NAME: Final = "weather of chroniclers"


class ChroniclerWeather(Weather):
    """Disturbs the chroniclers of a simulation; without any, nothing.

    Args:
        simulation: to disturb.
    """

    def __init__(self, simulation: Simulation) -> None:
        super().__init__(simulation, _NAME)

    def kinds(self) -> list[Callable[[], None]]:
        """See :class:`.weather.Weather`."""
        return [
            self._kill,
            self._power_failure,
            self._pause,
            self._stop,
            self._isolate,
            self._one_way,
            self._reset_connections,
            self._slow_disk,
            self._failing_disk,
            self._full_disk,
            self._wipe,
            self._damage,
            self._old_backup,
        ]

    def calm(self) -> None:
        """Nothing fails any more; what is damaged is built anew."""
        self._is_calm = True
        for chronicler in self._simulation.chroniclers:
            chronicler.disk.mend()
            if chronicler.is_damaged:
                self._rebuild(chronicler)
            chronicler.revive()

    def _member(self) -> Chronicler:
        return self._random.choice(self._simulation.chroniclers)

    def _hosts(self) -> list[Host]:
        return [self._member().host, self._simulation.alpha.host, self._random.choice(self._simulation.auditors).host]

    def _pieces_spared(self) -> int:
        """Verifying and writing take turns."""
        return self._random.randrange(4)

    def _disk_error(self, message: str) -> Exception:
        """As the database's driver says it: the program goes on by itself, or was just starting."""
        return OperationalError(message, None, sqlite3.OperationalError(message))

    def _wipe(self) -> None:
        self._change(lambda chronicler: wipe(chronicler.data_directory))

    def _old_backup(self) -> None:
        """An earlier life's disk: the history ends earlier, and goes on from there."""

        def restore(chronicler: Chronicler) -> None:
            life = self._random.randint(chronicler.sound_since, chronicler.host.lives)
            if life < chronicler.host.lives:
                restore_backup(chronicler.host.directory / f"life-{life}", chronicler.data_directory)

        self._change(restore)

    def _change(self, change: Callable[[Chronicler], None]) -> None:
        chronicler = self._member()
        if not chronicler.is_damaged:  # an older copy of what is damaged could be damaged, too
            self._simulation.kill(chronicler.host)
            change(chronicler)
            self._later(self._span_s(), chronicler.revive)

    def _damage(self) -> None:
        """The program goes on with it until its operator begins anew: whatever it does, it must not say more."""
        chronicler = self._member()
        self._simulation.excuses[chronicler.name] = "its database was changed"
        self._simulation.kill(chronicler.host)
        database = chronicler.database
        chronicler.is_damaged |= damage_one([database, database.with_name(f"{database.name}-wal")], self._random)
        self._later(self._span_s(), chronicler.revive)
        self._later(30.0, lambda: self._rebuild(chronicler))

    def _rebuild(self, chronicler: Chronicler) -> None:
        self._simulation.kill(chronicler.host)
        chronicler.rebuild()
        self._simulation.oracles.count("histories built anew")
        chronicler.revive()
