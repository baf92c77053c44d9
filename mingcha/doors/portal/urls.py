"""The public's addresses."""

from django.urls import path

from mingcha.doors.portal.views import published

app_name = "portal"
urlpatterns = [
    path("public/", published.index, name="published"),
    path("public/<str:slug>/", published.show, name="publication"),
]
