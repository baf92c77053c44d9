"""Who may do what, where, on the tip line: the rows that `access` adds to its own, in the same words and columns."""

# Of a tip, `own` is what the person's office keeps or is offered; no area and no rank above opens one. That there is one
# is told 404 elsewhere. Who may come in here still finds it locked until the box is unlocked, which is an answer too.
TIP_ADDRESSES = """
address                  how       needs                     thing       lead       county            leader  inspector  unit  group       township   village  intake
desk:tips                GET       tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tips_accept         POST      tip.intake                -          -          -          -       -          -     -          -          -        yes
desk:tip_unlock          GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_lock            POST      tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_passphrase      GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_anew            GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_entry           GET,POST  tip.intake                -          -          -          -       -          -     -          -          -        yes
desk:tip_inbox           GET       tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_offered         GET       tip.intake                tip_offer  -          -          -       -          -     -          -          -        own
desk:tip_take            POST      tip.intake                tip_offer  -          -          -       -          -     -          -          -        own
desk:tip_give_back       GET,POST  tip.intake                tip_offer  -          -          -       -          -     -          -          -        own
desk:tip_send_identity   POST      tip.handle                tip_sent   own        own        -       -          -     -          -          -        own
desk:tip_clusters        GET       tip.intake                -          -          -          -       -          -     -          -          -        yes
desk:tip_figures         GET       tip.figures               -          yes        yes        -       -          -     -          -          -        yes
desk:tip_rule            GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_calls           GET       tip.call                  -          yes        yes        -       -          -     -          -          -        yes
desk:tip_call_new        GET,POST  tip.call                  -          yes        yes        -       -          -     -          -          -        yes
desk:tip_call            GET,POST  tip.call                  tip_call   own        own        -       -          -     -          -          -        own
desk:tip_call_publish    POST      tip.call                  tip_call   own        own        -       -          -     -          -          -        own
desk:tip_call_withdraw   POST      tip.call                  tip_call   own        own        -       -          -     -          -          -        own

desk:tip_keys            GET       tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_grant       GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_withdraw    POST      tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_rotate      GET,POST  tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_request     GET       tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_begin       POST      tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_discard     POST      tip.handle                -          yes        yes        -       -          -     -          -          -        yes
desk:tip_key_rewrap      POST      tip.handle                -          yes        yes        -       -          -     -          -          -        yes

desk:tip                 GET       tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_accept          POST      tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_decline         GET,POST  tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_sort            GET,POST  tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_concern         GET,POST  tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_assign          POST      tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_unassign        POST      tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_repeat          GET,POST  tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_write           POST      tip.handle                tip_writing own       own        -       -          -     -          -          -        own
desk:tip_propose         POST      tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_ruling          POST      tip.approve               tip        own        own        -       -          -     -          -          -        -
desk:tip_conclude        POST      tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_offer           GET,POST  tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_upward          POST      tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_identity        GET,POST  tip.handle                tip        own        own        -       -          -     -          -          -        own
desk:tip_file            GET       tip.handle                tip_file   own        own        -       -          -     -          -          -        own
desk:tip_alike           GET       tip.intake                tip        -          -          -       -          -     -          -          -        own
desk:tip_lead            GET,POST  lead.keep                 tip        own        own        -       -          -     -          -          -        -
desk:tip_order           GET,POST  order.verify              tip        own        own        -       -          -     -          -          -        -
desk:tip_directed        GET,POST  round.direct              tip        own        -          -       -          -     -          -          -        -
"""
