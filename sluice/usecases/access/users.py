"""Who may sign in, changed with an entry in the audit: nobody's password is ever in one."""

from __future__ import annotations

from sluice.model.secret import Secret
from sluice.ports.users import User, Users, check_name
from sluice.registry.audit import Act
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World


def add_user(world: World, users: Users, user: tuple[str, str], password: Secret, *, permanent: bool) -> None:
    """Make ``user``, a name and its group, who signs in with the password.

    Where it is not ``permanent``, another is to be chosen at the first sign-in. Raises UserExists,
    UserNameInvalid.
    """
    name, group = user
    check_name(name)
    with audited(world, Act(world.who, "users.add", name)) as outcome:
        users.add(name, group)
        users.set_password(name, password, permanent=permanent)
        outcome.after = {"group": group, "permanent": permanent}


def renew_password(world: World, users: Users, name: str, password: Secret, *, permanent: bool) -> None:
    """Give the user another password; raises UserNotFound."""
    with audited(world, Act(world.who, "users.password", name)) as outcome:
        users.set_password(name, password, permanent=permanent)
        outcome.after = {"permanent": permanent}


def remove_user(world: World, users: Users, user: User) -> None:
    """Remove the user; raises UserNotFound where somebody else just has."""
    with audited(world, Act(world.who, "users.remove", user.name, before={"groups": list(user.groups)})):
        users.remove(user.name)
