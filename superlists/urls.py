"""Every address of the site, except /healthz, which the middleware answers."""

from django.urls import include, path

urlpatterns = [path("", include("superlists.lists.urls"))]
