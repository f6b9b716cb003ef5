"""Where signing in and the account live, where there are accounts."""

from __future__ import annotations

from django.urls import path

from designchord.web import accounts

urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("register/", accounts.register, name="register"),
    path("reset/<str:uid>/<str:token>/", accounts.reset, name="reset"),
    path("account/", accounts.show_account, name="account"),
    path("account/password/", accounts.change_password, name="change-password"),
    path("account/sign-out-everywhere/", accounts.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/tokens/", accounts.make_token, name="make-token"),
    path("account/tokens/<int:token_id>/revoke/", accounts.revoke_token, name="revoke-token"),
    path("account/export/", accounts.export_account, name="export-account"),
    path("account/delete/", accounts.delete_account, name="delete-account"),
]
