from __future__ import annotations

from django.apps import AppConfig


class DesignsConfig(AppConfig):
    name = "designchord.designs"
    label = "designs"
    verbose_name = "Designs"
