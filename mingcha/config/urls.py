"""Which door stands at which address. The whole list of addresses, and who may knock, is a table in the tests."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingcha.doors.hall.urls")),
    path("", include("mingcha.doors.desk.urls")),
    path("field/", include("mingcha.doors.field.urls")),
]

handler400 = "mingcha.doors.hall.errors.bad_request"
handler403 = "mingcha.doors.hall.errors.forbidden"
handler404 = "mingcha.doors.hall.errors.missing"
handler500 = "mingcha.doors.hall.errors.failed"
