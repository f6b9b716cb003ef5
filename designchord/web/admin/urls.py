"""Where the pages for staff live, where there are accounts."""

from __future__ import annotations

from designchord.web.admin import tables
from designchord.web.admin.site import site

assert tables  # noqa: S101 - the lists stand in the site once their module was read
urlpatterns = site.own_urls()
