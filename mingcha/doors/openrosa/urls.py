"""The phones' addresses, mounted plainly, under a token (ODK Collect), and under the submission's own address."""

from django.urls import path

from mingcha.doors.openrosa import views

app_name = "openrosa"
urlpatterns = [
    path("formList", views.form_list, name="form_list"),
    path("forms/<int:pk>.xml", views.form, name="form"),
    path("forms/<int:pk>/manifest.xml", views.manifest, name="manifest"),
    path("forms/<int:pk>/<str:name>", views.media, name="media"),
    path("submission", views.submission, name="submission"),
]
