"""The phone's addresses."""

from django.urls import path

from mingcha.doors.field import views

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("lists/<int:pk>/", views.sealed, name="list"),
    path("lists/<int:pk>/open/", views.depart, name="list_open"),
    path("inspections/<int:pk>/", views.inspection, name="inspection"),
    path("inspections/<int:pk>/return/", views.return_team, name="inspection_return"),
    path("inspections/<int:pk>/visits/<str:code>/begin/", views.begin, name="visit_begin"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/photos/", views.add_photo, name="visit_photo"),
    path("visits/<int:pk>/findings/new/", views.note, name="finding_new"),
    path("visits/<int:pk>/findings/<int:finding>/withdraw/", views.withdraw, name="finding_withdraw"),
    path("visits/<int:pk>/close/", views.close, name="visit_close"),
    path("photos/<int:pk>/", views.photo, name="photo"),
]
