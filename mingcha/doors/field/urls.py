"""The phone's addresses."""

from django.urls import path

from mingcha.doors.field.views import app, findings, lists, outings, photos, visits

app_name = "field"
urlpatterns = [
    path("", app.shell, name="home"),
    path("sw.js", app.worker, name="worker"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("app/me/", app.me, name="me"),
    path("app/device/", app.device, name="device"),
    path("app/lists/<int:pk>/open/", app.open_list, name="app_open"),
    path("app/outings/<int:pk>/package/", app.package, name="package"),
    path("app/outings/<int:pk>/return/", app.return_team, name="app_return"),
    path("plain/", lists.home, name="plain"),
    path("lists/<int:pk>/", lists.sealed, name="list"),
    path("lists/<int:pk>/open/", lists.depart, name="list_open"),
    path("inspections/<int:pk>/", outings.inspection, name="inspection"),
    path("inspections/<int:pk>/return/", outings.return_team, name="inspection_return"),
    path("inspections/<int:pk>/visits/<str:code>/begin/", outings.begin, name="visit_begin"),
    path("inspections/<int:pk>/visits/<str:code>/replace/", outings.replace, name="stop_replace"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/photos/", photos.add_photo, name="visit_photo"),
    path("visits/<int:pk>/findings/new/", findings.note, name="finding_new"),
    path("visits/<int:pk>/findings/<int:finding>/withdraw/", findings.withdraw, name="finding_withdraw"),
    path("visits/<int:pk>/close/", visits.close, name="visit_close"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
]
