"""Which door stands at which address. The whole list of addresses, and who may knock, is a table in the tests."""

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [
    path("", include("mingcha.doors.hall.urls")),
]
if find_spec("mingcha.doors.desk.urls"):
    urlpatterns.append(path("", include("mingcha.doors.desk.urls")))
if find_spec("mingcha.doors.field.urls"):
    urlpatterns.append(path("field/", include("mingcha.doors.field.urls")))

handler400 = "mingcha.doors.hall.errors.bad_request"
handler403 = "mingcha.doors.hall.errors.forbidden"
handler404 = "mingcha.doors.hall.errors.missing"
handler500 = "mingcha.doors.hall.errors.failed"
