"""The addresses of the public face: the pages of a report, nothing else."""

from django.urls import include, path
from django.views.generic import RedirectView

from mingcha.doors.portal import urls as portal

pages = [each for each in portal.urlpatterns if str(each.pattern).startswith("report/")]

urlpatterns = [
    path("", RedirectView.as_view(url="/report/")),
    path("", include((pages, portal.app_name))),
]

handler400 = "mingcha.doors.portal.faults.bad_request"
handler403 = "mingcha.doors.portal.faults.missing"
handler404 = "mingcha.doors.portal.faults.missing"
handler500 = "mingcha.doors.portal.faults.failed"
