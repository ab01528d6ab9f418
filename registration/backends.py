"""Who may sign in. What one may do is asked of ``rules`` alone."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class SignIn(AuthenticationBackend):
    """allauth's backend without the permissions of Django's: there are no groups and no flags."""

    def has_perm(self, *_: Any, **__: Any) -> bool:
        return False

    def has_module_perms(self, *_: Any, **__: Any) -> bool:
        return False

    def get_all_permissions(self, *_: Any, **__: Any) -> set[str]:
        return set()

    get_user_permissions = get_all_permissions
    get_group_permissions = get_all_permissions
