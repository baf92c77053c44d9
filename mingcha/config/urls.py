"""Which door stands at which address. The whole list of addresses, and who may knock, is a table in the tests."""

from django.urls import include, path

urlpatterns = [
    # Phones, first because they come by the thousand: plainly, with the token in the address, and where the submission's own address was taken for the server's.
    path("", include("mingcha.doors.openrosa.urls")),
    path("key/<str:token>/", include("mingcha.doors.openrosa.urls", namespace="openrosa_key")),
    path("submission/", include("mingcha.doors.openrosa.urls", namespace="openrosa_below")),
    path("", include("mingcha.doors.hall.urls")),
    path("", include("mingcha.doors.desk.urls")),
    path("", include("mingcha.doors.portal.urls")),
    path("field/", include("mingcha.doors.field.urls")),
]

handler400 = "mingcha.doors.hall.errors.bad_request"
handler403 = "mingcha.doors.hall.errors.forbidden"
handler404 = "mingcha.doors.hall.errors.missing"
handler500 = "mingcha.doors.hall.errors.failed"
