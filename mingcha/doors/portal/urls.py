"""The public's addresses."""

from django.urls import path

from mingcha.doors.portal.views import links, lots, published, tips, tips_back, tips_write

app_name = "portal"
urlpatterns = [
    path("public/", published.index, name="published"),
    path("public/lots/", lots.index, name="lots"),
    path("public/lots/check/", lots.check, name="lot_check"),
    path("public/lots/<int:number>/", lots.show, name="lot"),
    path("public/lots/<int:number>/bundle.json", lots.bundle, name="lot_bundle"),
    path("public/lots/<int:number>/proof/", lots.proof, name="lot_proof"),
    path("public/<str:slug>/", published.show, name="publication"),
    path("report/", tips.front, name="tips"),
    path("report/calls/", tips.calls, name="tip_calls"),
    path("report/how/", tips.how, name="tip_how"),
    path("report/privacy/", tips.privacy, name="tip_privacy"),
    path("report/new/", tips_write.write, name="tip_new"),
    path("report/kept/", tips_write.kept, name="tip_kept"),
    path("report/back/", tips_back.enter, name="tip_enter"),
    path("report/mine/", tips_back.show, name="tip"),
    path("report/mine/add/", tips_back.act, {"what": "add"}, name="tip_add"),
    path("report/mine/object/", tips_back.act, {"what": "object"}, name="tip_object"),
    path("report/mine/rate/", tips_back.act, {"what": "rate"}, name="tip_rate"),
    path("report/mine/name/", tips_back.name, name="tip_name"),
    path("report/mine/leave/", tips_back.leave, name="tip_leave"),
    path("u/", links.index, name="orders"),
    path("u/order/<int:number>/", links.show, name="order"),
    path("u/order/<int:number>/receive/", links.receive, name="order_receive"),
    path("u/order/<int:number>/plan/", links.plan, name="order_plan"),
    path("u/order/<int:number>/plan/<int:pk>/done/", links.finish, name="order_finish"),
    path("u/order/<int:number>/report/", links.report, name="order_report"),
    path("u/order/<int:number>/answer/", links.answer, name="order_answer"),
    path("u/order/<int:number>/ask/<str:kind>/", links.ask, name="order_ask"),
    path("u/order/<int:number>/files/<str:kind>/<int:pk>/", links.file, name="order_file"),
    path("u/<str:token>/", links.begin, name="link"),
]
