"""
Who may do what, where: every address × role × place; those of the tip line stand in `tip_addresses`, commands and jobs
in `programs`. Read top to bottom.

The tests walk the address table, the commands and the jobs: a new one fails the build until it stands here, and what
stands here is asked of the running house with real things of every place (tests/doors/test_access.py).

Places, seen from the person: `own` what their office, team, body, township or village has, and their own page; `beside`
what another team of their office, another body of their county, the township next to theirs, or a joint team that their
body takes part in has; `lower` what lies beneath their area; `other` the neighbouring county or another group, and for
the lead office another city; `higher` what the office above has at work. `yes`: the address names no thing.
`-`: nowhere. Who holds the permission elsewhere is told 404; who lacks it altogether, 403; who has not signed in is
sent to sign in; views for programs say both as JSON. `needs`: a permission (one of two, where a stroke divides them),
or `signed-in`, or `public`, or `token`: of a phone that belongs to somebody of that role. Whoever shows none is told 401,
also when signed in.
"""

from typing import NamedTuple

from mingcha.config.programs import COMMANDS, JOBS
from mingcha.config.tip_addresses import TIP_ADDRESSES
from mingcha.ground.accounts.permissions import Permission

ROLES = ("lead", "county", "leader", "inspector", "unit", "group", "township", "village", "intake")
PLACES = ("own", "beside", "lower", "other", "higher")

ADDRESSES = """
address                  how       needs                     thing       lead       county            leader  inspector  unit  group       township   village  intake
hall:sign_in             GET,POST  public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
hall:sign_out            POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
hall:language            POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
hall:healthz             GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes

desk:home                GET       signed-in                 -           yes        yes               yes     yes        yes   yes         yes        yes      yes
desk:notices             GET,POST  signed-in                 -           yes        yes               yes     yes        yes   yes         yes        yes      yes
desk:notice_settings     GET,POST  signed-in                 -           yes        yes               yes     yes        yes   yes         yes        yes      yes
desk:channels            GET       channel.keep              -           yes        yes               -       -          -     -           -          -        -
desk:channel_new         GET,POST  channel.keep              -           yes        yes               -       -          -     -           -          -        -
desk:channel             GET       channel.keep              channel     own,lower  own,lower         -       -          -     -           -          -        -
desk:channel_try         POST      channel.keep              channel     own,lower  own,lower         -       -          -     -           -          -        -
desk:channel_retry       POST      channel.keep              channel     own,lower  own,lower         -       -          -     -           -          -        -
desk:channel_stop        GET,POST  channel.keep              channel     own,lower  own,lower         -       -          -     -           -          -        -
desk:raising             GET,POST  channel.keep              -           yes        yes               -       -          -     -           -          -        -
desk:audit               GET       audit.see                 -           yes        yes               -       -          -     -           -          -        -

desk:organisation        GET       organisation.see          -           yes        yes               -       -          -     yes         yes        -        -
desk:mechanism           GET,POST  mechanism.keep            -           yes        -                 -       -          -     -           -          -        -
desk:body                GET       organisation.see          body        own,lower  own,beside,lower  -       -          -     own         own,lower  -        -
desk:body_place          GET,POST  organisation.keep         body        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:body_merge          GET,POST  organisation.keep         body        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:register_import     GET,POST  organisation.keep         register    yes        yes               -       -          -     -           -          -        -
desk:register_template   GET       organisation.keep         register    yes        yes               -       -          -     -           -          -        -
desk:register_export     GET       organisation.see          register    yes        yes               -       -          -     yes         yes        -        -
desk:links               GET       organisation.see          -           yes        yes               -       -          -     yes         yes        -        -
desk:link_new            GET,POST  organisation.keep         -           yes        yes               -       -          -     -           -          -        -
desk:link_end            POST      organisation.keep         link        own,lower  own,lower         -       -          -     -           -          -        -

desk:people              GET       organisation.see          -           yes        yes               -       -          -     yes         yes        -        -
desk:person              GET       signed-in                 person      own,lower  own,beside,lower  own     own        own   own         own,lower  own      own
desk:appoint             GET,POST  organisation.keep         person      own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:leave               GET,POST  organisation.keep         person      own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:device_new          GET,POST  visit.make/organisation.keep person   own,lower  own,beside,lower  own     own        -     own         own        -        -
desk:device_revoke       GET,POST  signed-in                 device      own,lower  own,beside,lower  own     own        -     own         own        -        -
desk:succession          GET       signed-in                 succession  own,lower  own,lower         own     own        own   own         own,lower  own      own

desk:recusals            GET       signed-in                 -           yes        yes               yes     yes        yes   yes         yes        yes      yes
desk:recusal_new         GET,POST  signed-in                 -           yes        yes               yes     yes        yes   yes         yes        yes      yes
desk:recusal_rule        GET,POST  recusal.rule              asked       own        own               -       -          -     -           -          -        -
desk:recusal_lift        GET,POST  recusal.rule              recusal     own,lower  own,lower         -       -          -     -           -          -        -

desk:campaigns           GET       campaign.see              -           yes        yes               -       -          -     yes         yes        -        -
desk:campaign_new        GET,POST  campaign.open             -           yes        -                 -       -          -     -           -          -        -
desk:campaign            GET       campaign.see              campaign    own        own               -       -          -     own         own        -        -
desk:campaign_close      GET,POST  campaign.open             campaign    own        -                 -       -          -     -           -          -        -
desk:edition_adopt       POST      campaign.open             edition     own        -                 -       -          -     -           -          -        -
desk:campaign_phones     GET       campaign.see              campaign    own        own               -       -          -     own         own        -        -
desk:form_take_up        POST      campaign.open             campaign    own        -                 -       -          -     -           -          -        -
desk:stop_by_stop        POST      campaign.open             campaign    own        -                 -       -          -     -           -          -        -
desk:recording_approve   GET,POST  campaign.open             campaign    own        -                 -       -          -     -           -          -        -
desk:recording_withdraw  POST      campaign.open             approval    own,lower  -                 -       -          -     -           -          -        -
desk:answer_for          GET,POST  figures.answer_for        office      own,lower  own               -       -          -     -           -          -        -
desk:office_admit        GET,POST  campaign.open             campaign    own        -                 -       -          -     -           -          -        -
desk:team_new            GET,POST  team.form                 campaign    own        own               -       -          -     -           -          -        -
desk:team                GET       signed-in                 team        own,lower  own,beside,lower  own     own        -     own,beside  own        -        -
desk:team_join           GET,POST  team.form                 team        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:team_leave          POST      team.form                 team        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:team_equip          GET,POST  team.form                 team        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:team_disband        POST      team.form                 team        own,lower  own,beside,lower  -       -          -     -           -          -        -

desk:guidance            GET       guidance.see              -           yes        yes               -       -          -     yes         yes        yes      -
desk:note_new            GET,POST  guidance.send             campaign    own        own               -       -          -     own         own        -        -
desk:note                GET       guidance.see              note        own,lower  own,lower         -       -          -     own         own,lower  own      -
desk:note_receive        POST      guidance.see              note        own        own               -       -          -     own         own        own      -
desk:note_reply          POST      guidance.see              note        own        own               -       -          -     own         own        own      -
desk:note_ask            POST      guidance.see              note        own        own               -       -          -     own         own        own      -
desk:question_answer     POST      guidance.send             question    own        own               -       -          -     own         own        -        -

desk:calls               GET       call.answer               -           yes        yes               -       -          -     yes         yes        -        -
desk:call_new            GET,POST  call.make                 campaign    own        -                 -       -          -     -           -          -        -
desk:call                GET       call.answer               call        own,lower  own,lower         -       -          -     own         own        -        -
desk:call_answer         GET,POST  call.answer               call        own        own               -       -          -     own         own        -        -
desk:call_end            POST      call.make                 call        own,lower  -                 -       -          -     -           -          -        -
desk:offer_assign        POST      call.make                 offer       own,lower  -                 -       -          -     -           -          -        -
desk:offer_release       POST      call.make                 offer       own,lower  -                 -       -          -     -           -          -        -
desk:offer_withdraw      POST      call.answer               offer       own        own               -       -          -     own         own        -        -

desk:round_begin         GET,POST  round.hold                campaign    own        own               -       -          -     -           -          -        -
desk:round               GET       round.witness             round       own,lower  own,beside,lower  -       -          -     own         own        -        -
desk:round_routes        GET,POST  round.hold                round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_preview       POST      round.hold                round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_freeze        POST      round.hold                round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_void          GET,POST  round.hold                round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_watch         GET       round.see                 round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_reveal        POST      round.hold                round       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:round_bundle        GET       round.witness             round       own,lower  own,beside,lower  -       -          -     own         own        -        -
desk:ceremony            GET       round.witness             round       own,lower  own,beside,lower  -       -          -     own         own        -        -
desk:ceremony_progress   GET       round.witness             round       own,lower  own,beside,lower  -       -          -     own         own        -        -
desk:ceremony_deposit    POST      round.witness             round       own        own,beside,lower  -       -          -     own         own        -        -
desk:ceremony_announce   POST      round.witness             round       own        own,beside,lower  -       -          -     own         own        -        -
desk:ceremony_agree      POST      round.witness             round       own        own,beside,lower  -       -          -     own         own        -        -
desk:directed            GET       round.direct              -           yes        -                 -       -          -     -           -          -        -
desk:directed_new        GET,POST  round.direct              campaign    own        -                 -       -          -     -           -          -        -
desk:directed_withdraw   POST      round.direct              directed    own        -                 -       -          -     -           -          -        -
desk:scores              GET       round.see                 -           yes        yes               -       -          -     -           -          -        -
desk:scores_of           GET       round.see                 scores      own,lower  own               -       -          -     -           -          -        -
desk:prior               GET,POST  round.hold                scores      own,lower  own               -       -          -     -           -          -        -

desk:sites               GET       site.see                  -           yes        yes               -       -          -     -           yes        yes      -
desk:site_new            GET,POST  site.keep                 -           yes        yes               -       -          -     -           -          -        -
desk:sites_import        GET,POST  site.keep                 -           yes        yes               -       -          -     -           -          -        -
desk:sites_template      GET       site.keep                 -           yes        yes               -       -          -     -           -          -        -
desk:sites_groups        GET,POST  site.keep                 -           yes        yes               -       -          -     -           -          -        -
desk:site                GET,POST  site.keep                 site        own,lower  own,lower         -       -          -     -           -          -        -
desk:site_merge          GET,POST  site.keep                 site        own,lower  own,lower         -       -          -     -           -          -        -
desk:site_confirm        GET,POST  site.keep                 met         own,lower  own               -       -          -     -           -          -        -

desk:rulebooks           GET       rulebook.see              -           yes        yes               yes     yes        -     yes         yes        yes      -
desk:rulebook_import     GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:rulebook            GET       rulebook.see              rulebook    yes        yes               yes     yes        -     yes         yes        yes      -
desk:rulebook_template   GET       rulebook.see              rulebook    yes        yes               yes     yes        -     yes         yes        yes      -
desk:checklists          GET       rulebook.see              -           yes        yes               yes     yes        -     yes         yes        yes      -
desk:checklist_upload    GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:checklist           GET       rulebook.see              checklist   own,lower  own,lower,higher  own,higher own,higher -     higher      lower,higher own      -
desk:checklist_workbook  GET       rulebook.see              checklist   own,lower  own,lower,higher  own,higher own,higher -     higher      lower,higher own      -
desk:checklist_xform     GET       rulebook.see              checklist   own,lower  own,lower,higher  own,higher own,higher -     higher      lower,higher own      -
desk:clock               GET       rulebook.see              -           yes        yes               yes     yes        -     yes         yes        yes      -
desk:clock_year          GET,POST  mechanism.keep            -           yes        -                 -       -          -     -           -          -        -
desk:clock_day           GET,POST  mechanism.keep            -           yes        -                 -       -          -     -           -          -        -
desk:clock_term          GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:clock_ladder        GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:clock_proof         GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:clock_basis         GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -
desk:clock_removal       GET,POST  rulebook.keep             -           yes        yes               -       -          -     -           -          -        -

desk:ledger              GET       ledger.see                -           yes        yes               -       -          -     -           -          -        -
desk:ledger_of           GET       ledger.see                campaign    own        own               -       -          -     -           -          -        -
desk:ledger_export       GET       ledger.export             campaign    own        own               -       -          -     -           -          -        -
desk:ledger_import       GET,POST  ledger.import             -           yes        yes               -       -          -     -           -          -        -
desk:ledger_columns      POST      ledger.import             -           yes        yes               -       -          -     -           -          -        -
desk:ledger_take         POST      ledger.import             -           yes        yes               -       -          -     -           -          -        -
desk:ledger_shape        GET       ledger.import             mapping     own,lower  own               -       -          -     -           -          -        -
desk:totals              GET       ledger.see                campaign    own        own               -       -          -     -           -          -        -
desk:gaps                GET       ledger.see                campaign    own        own               -       -          -     -           -          -        -
desk:finding             GET       signed-in                 finding     own,lower  own,beside,lower  own     own        -     own,beside  own,lower  own      -
desk:visit               GET       signed-in                 visit       own,lower  own,beside,lower  own     own        -     own,beside  own        -        -
desk:visit_slip          GET       signed-in                 visit       own,lower  own,beside,lower  own     own        -     own         own        -        -
desk:photo               GET       signed-in                 photo       own,lower  own,beside,lower  own     own        own   own,beside  own,lower  own      -
desk:submissions         GET       ledger.see                -           yes        yes               -       -          -     -           -          -        -
desk:submission          GET       ledger.see                submission  own,lower  own,beside        -       -          -     -           -          -        -
desk:submission_take     GET,POST  order.verify              submission  own,lower  own,beside        -       -          -     -           -          -        -
desk:submission_set_aside GET,POST  order.verify              submission  own,lower  own,beside        -       -          -     -           -          -        -
desk:attachment          GET       signed-in                 attachment  own,lower  own,beside        own     own        -     -           -          -        -

desk:embedded_index      GET       embedded.keep/ledger.see  -           yes        yes               -       -          -     yes         -          -        -
desk:embedded_new        GET,POST  embedded.keep             campaign    -          -                 -       -          -     own         -          -        -
desk:embedded_record     GET       signed-in                 embedded    lower      -                 -       -          -     own         -          -        -
desk:embedded_check      POST      embedded.keep             embedded    -          -                 -       -          -     own         -          -        -

desk:orders              GET       order.see                 -           yes        yes               -       -          yes   yes         yes        yes      -
desk:order_new           GET,POST  order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:order               GET       order.see                 order       own,lower  own,beside,lower  -       -          own   own         own,lower  own      -
desk:order_receive       POST      order.answer              order       -          -                 -       -          own   -           -          -        -
desk:order_plan          POST      order.answer              order       -          -                 -       -          own   -           -          -        -
desk:order_finish        POST      order.answer              planned     -          -                 -       -          own   -           -          -        -
desk:order_report        POST      order.answer              order       -          -                 -       -          own   -           -          -        -
desk:order_ask           POST      order.answer              askable     -          -                 -       -          own   -           -          -        -
desk:order_answer        POST      order.answer              order       -          -                 -       -          own   -           -          -        -
desk:order_recusal       GET,POST  order.answer              order       -          -                 -       -          own   -           -          -        -
desk:order_send_back     POST      order.verify              answered    own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_close         POST      order.verify              answered    own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_rule          POST      order.verify              request     own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_pause         POST      order.verify              order       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_resume        POST      order.verify              order       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_step          GET,POST  order.verify              rung        own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:order_hand_over     POST      lead.keep                 order       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:unit_link           POST      order.verify              order       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:unit_link_revoke    POST      order.verify              order       own,lower  own,beside,lower  -       -          -     -           -          -        -
desk:proof               GET       order.see                 proof       own,lower  own,beside,lower  -       -          own   own         own,lower  own      -
desk:progress_file       GET       order.see                 report      own,lower  own,beside,lower  -       -          own   own         own,lower  own      -
desk:ladder              GET       order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:signal              GET       order.verify              signal      lower      own,beside,lower  -       -          -     -           -          -        -
desk:samplings           GET       order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:sampling_new        GET,POST  order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:sampling            GET       order.verify              sampling    own,lower  own,beside        -       -          -     -           -          -        -
desk:sampling_settle     POST      order.verify              sampling    own,lower  own,beside        -       -          -     -           -          -        -
desk:samples             GET       order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:papers              GET       order.see                 -           yes        yes               -       -          yes   yes         yes        yes      -
desk:paper_new           GET,POST  order.verify              -           yes        yes               -       -          -     -           -          -        -
desk:paper               GET       order.see                 paper       own,lower  own,beside,lower  -       -          own   own         own        own      -
desk:paper_document      GET       order.see                 paper       own,lower  own,beside,lower  -       -          own   own         own        own      -
desk:paper_scan          GET       order.see                 signature   own,lower  own,beside,lower  -       -          own   own         own        own      -
desk:paper_receive       POST      signed-in                 paper       -          -                 -       -          own   own         own        own      -
desk:paper_reply         POST      order.answer              paper       -          -                 -       -          own   -           -          -        -
desk:paper_print         POST      order.verify              issued      own        own,beside        -       -          -     -           -          -        -
desk:paper_sign          POST      order.verify              issued      own        own,beside        -       -          -     -           -          -        -
desk:paper_register      POST      order.verify              issued      own        own,beside        -       -          -     -           -          -        -
desk:paper_withdraw      POST      order.verify              issued      own        own,beside        -       -          -     -           -          -        -
desk:order_sample        GET,POST  order.verify              attested    own,lower  own,beside,lower  -       -          -     -           -          -        -

desk:leads               GET       lead.see                  -           yes        yes               -       -          -     -           -          -        -
desk:lead_new            GET,POST  lead.keep                 -           yes        yes               -       -          -     -           -          -        -
desk:lead                GET       lead.see                  referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_propose        POST      lead.keep                 referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_rule           POST      lead.approve              referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_hasten         GET,POST  lead.keep                 referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_file           GET,POST  case.keep                 referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_doubt          GET,POST  lead.keep                 referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:lead_settle_doubt   GET,POST  lead.approve              referral    own,lower  own,beside        -       -          -     -           -          -        -
desk:cases               GET       case.see                  -           yes        yes               -       -          -     -           -          -        -
desk:case                GET       case.see                  case        own,lower  own,beside        -       -          -     -           -          -        -
desk:case_rule           GET,POST  case.approve              case        own,lower  own,beside        -       -          -     -           -          -        -
desk:case_close          GET,POST  case.approve              case        own,lower  own,beside        -       -          -     -           -          -        -
desk:case_party          GET,POST  case.keep                 case        own,lower  own,beside        -       -          -     -           -          -        -
desk:party_hear          GET,POST  case.keep                 party       own,lower  own,beside        -       -          -     -           -          -        -
desk:disposition_new     GET,POST  case.keep                 party       own,lower  own,beside        -       -          -     -           -          -        -
desk:party_suggest       GET,POST  case.keep                 party       own,lower  own,beside        -       -          -     -           -          -        -
desk:clearance_new       GET,POST  case.keep                 party       own,lower  own,beside        -       -          -     -           -          -        -
desk:disposition_decide  GET,POST  case.keep                 disposition own,lower  own,beside        -       -          -     -           -          -        -
desk:disposition_drop    GET,POST  case.keep                 disposition own,lower  own,beside        -       -          -     -           -          -        -
desk:appeal_new          GET,POST  case.keep                 disposition own,lower  own,beside        -       -          -     -           -          -        -
desk:track_settle        GET,POST  case.keep                 track       own,lower  own,beside        -       -          -     -           -          -        -
desk:appeal_rule         GET,POST  case.approve              appeal      own,lower  own,beside        -       -          -     -           -          -        -
desk:clearance_rule      GET,POST  case.approve              clearance   own,lower  own,beside        -       -          -     -           -          -        -

desk:briefs              GET       brief.see                 -           yes        yes               -       -          -     -           -          -        -
desk:brief               GET       brief.see                 campaign    own        own               -       -          -     -           -          -        -
desk:brief_issue         POST      brief.draw                campaign    own        own               -       -          -     -           -          -        -
desk:brief_document      GET       brief.see                 brief       own,lower  own               -       -          -     -           -          -        -

desk:publications        GET       publish.propose           -           yes        yes               -       -          -     -           -          -        -
desk:publication_new     GET,POST  publish.propose           -           yes        yes               -       -          -     -           -          -        -
desk:publication_circular GET      publish.propose           -           yes        yes               -       -          -     -           -          -        -
desk:publication_document GET      publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication         GET       publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_edit    GET,POST  publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_propose POST      publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_send_back POST    publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_approve POST      publish.approve           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_take_down POST    publish.propose           publication own,lower  own               -       -          -     -           -          -        -
desk:publication_extend  POST      publish.approve           publication own,lower  own               -       -          -     -           -          -        -
desk:naming_ask          POST      publish.propose           named       own,lower  own               -       -          -     -           -          -        -
desk:naming_rule         POST      publish.approve           naming      own,lower  own               -       -          -     -           -          -        -

portal:published         GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:publication       GET       public                    told        yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:lots              GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:lot_check         GET,POST  public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:lot               GET       public                    lot         yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:lot_bundle        GET       public                    lot         yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:lot_proof         GET       public                    lot         yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tips              GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_calls         GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_how           GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_privacy       GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_new           GET,POST  public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_kept          POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_enter         GET,POST  public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip               GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_add           POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_object        POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_rate          POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_name          POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:tip_leave         POST      public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:link              GET,POST  public                    one_time    yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:orders            GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order             GET       public                    number      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_receive     POST      public                    number      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_plan        POST      public                    number      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_finish      POST      public                    measure     yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_report      POST      public                    number      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_answer      POST      public                    number      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_ask         POST      public                    asking      yes        yes               yes     yes        yes   yes         yes        yes      yes
portal:order_file        GET       public                    kept        yes        yes               yes     yes        yes   yes         yes        yes      yes

field:home               GET       visit.make                -           -          -                 yes     yes        -     yes         yes        -        -
field:plain              GET       visit.make                -           -          -                 yes     yes        -     yes         yes        -        -
field:worker             GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
field:manifest           GET       public                    -           yes        yes               yes     yes        yes   yes         yes        yes      yes
field:me                 GET       visit.make                -           -          -                 yes     yes        -     yes         yes        -        -
field:device             POST      visit.make                -           -          -                 yes     yes        -     yes         yes        -        -
field:app_open           POST      list.open                 list        -          -                 own     own        -     own         own        -        -
field:package            GET       visit.make                outing      -          -                 own     own        -     own         own        -        -
field:app_return         POST      visit.make                outing      -          -                 own     own        -     own         own        -        -
field:list               GET       list.open                 list        -          -                 own     own        -     own         own        -        -
field:list_open          POST      list.open                 list        -          -                 own     own        -     own         own        -        -
field:inspection         GET       visit.make                outing      -          -                 own     own        -     own         own        -        -
field:inspection_return  POST      visit.make                outing      -          -                 own     own        -     own         own        -        -
field:visit_begin        POST      visit.make                stop        -          -                 own     own        -     own         own        -        -
field:stop_replace       POST      visit.make                stop        -          -                 own     own        -     own         own        -        -
field:visit              GET,POST  visit.make                under_way   -          -                 own     own        -     own         own        -        -
field:visit_photo        GET,POST  visit.make                under_way   -          -                 own     own        -     own         own        -        -
field:finding_new        GET,POST  visit.make                under_way   -          -                 own     own        -     own         own        -        -
field:finding_withdraw   GET,POST  visit.make                noted       -          -                 own     own        -     own         own        -        -
field:visit_close        GET,POST  visit.make                under_way   -          -                 own     own        -     own         own        -        -
field:photo              GET       visit.make                photo       -          -                 own     own        -     own,beside  own        -        -

openrosa:form_list       GET       token                     -           -          -                 yes     yes        -     yes         yes        -        -
openrosa:form            GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa:manifest        GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa:media           GET       token                     media       -          -                 own     own        -     own         own        -        -
openrosa:submission      HEAD,POST token                     -           -          -                 yes     yes        -     yes         yes        -        -

openrosa_key:form_list   GET       token                     -           -          -                 yes     yes        -     yes         yes        -        -
openrosa_key:form        GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa_key:manifest    GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa_key:media       GET       token                     media       -          -                 own     own        -     own         own        -        -
openrosa_key:submission  HEAD,POST token                     -           -          -                 yes     yes        -     yes         yes        -        -

openrosa_below:form_list GET       token                     -           -          -                 yes     yes        -     yes         yes        -        -
openrosa_below:form      GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa_below:manifest  GET       token                     form        -          -                 own     own        -     own         own        -        -
openrosa_below:media     GET       token                     media       -          -                 own     own        -     own         own        -        -
openrosa_below:submission HEAD,POST token                    -           -          -                 yes     yes        -     yes         yes        -        -
"""


class Row(NamedTuple):
    """One address: `places` holds for each role where it is open to that role."""

    address: str
    how: tuple[str, ...]
    needs: str
    thing: str
    places: dict[str, frozenset[str]]

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The permissions of which one opens it; none where signing in is enough, or a phone's token is asked for."""
        return () if self.needs in ("public", "signed-in", "token") else tuple(map(Permission, self.needs.split("/")))


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()[1:] if line.strip()]


def _row(cells: list[str]) -> Row:
    address, how, needs, thing, *places = cells
    open_to = {role: frozenset(places_.split(",")) - {"-"} for role, places_ in zip(ROLES, places, strict=True)}
    return Row(address, tuple(how.split(",")), needs, "" if thing == "-" else thing, open_to)


def addresses() -> list[Row]:
    """Return the rows of the address table."""
    return [_row(cells) for cells in _lines(ADDRESSES) + _lines(TIP_ADDRESSES)]


def commands() -> dict[str, str]:
    """Return command → who may give it; a command with several acts has a row for each."""
    found = {}
    for cells in _lines(COMMANDS):
        at = next(i for i, cell in enumerate(cells) if cell == "operator")
        found[" ".join(cells[:at])] = cells[at]
    return found


def jobs() -> dict[str, str]:
    """Return background job → who runs it."""
    return {cells[0]: cells[1] for cells in _lines(JOBS)}
