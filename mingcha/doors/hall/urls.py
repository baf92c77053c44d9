from django.conf import settings
from django.urls import path

from . import views

app_name = "hall"

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("language", views.language, name="language"),
    path("healthz", views.healthz, name="healthz"),
]

if settings.DEBUG:  # for those who build pages; a running house has no such address
    urlpatterns.append(path("styleguide", views.style_guide, name="style_guide"))
