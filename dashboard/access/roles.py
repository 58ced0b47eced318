"""The roles, each of which may do all that the one before it may."""

from enum import IntEnum


class Role(IntEnum):
    """Least first, so that `>=` says who may."""

    READER = 0
    REVIEWER = 1
    LEAD = 2
    ADMINISTRATOR = 3

    @property
    def word(self) -> str:
        """As the configuration and the screen call it.

        >>> Role.LEAD.word
        'lead'
        """
        return self.name.lower()


BY_WORD = {role.word: role for role in Role}
