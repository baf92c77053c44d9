"""
A class for every field of every table, and how long its rows are kept; `tip_fields` holds those of the sealed room.
The tests fail on a missing or stale entry.

public    may be told to anyone, at the latest when its round is revealed, its catalogue or itself published
internal  for officials whose posts reach the place
personal  tells who someone is, what someone did or why they must stay away: staff who sign in, and officials whose
          duty is spoken of; nobody else
sealed    never leaves the rooms: keys' work, hashes of passwords, what a list holds before its team departs

permanent  the record of acts, places and published rules: never removed
register   while the body, site or tier is on the register
campaign   until the campaign's `retention_until` (the emergency's end plus its days of retention)
marked     as campaign; but a file marked as showing a resident, and what was made of it, until the campaign's
           `personal_until` (thirty days after its last day)
account    while the account exists; afterwards only the record of acts names the person
case       as long as the files of the discipline office are kept, which is longer than any campaign
told       an official's name beside what is published: until its last day has passed; the masked text stays
day        a day
tip        until a report of the public is destroyed (`tip_fields`)

But for tips, nothing is removed by itself yet: these are the terms that whoever removes must keep to.
What a phone sent is kept word for word, so no detector stands in its way: forms ask for posts and counts, and the words
as sent are read by the office alone. Other free text of either kind is watched for residents' data when typed.
A recusal, and what was handed over when somebody left, stay with the account: a tie binds whoever may still be sent, and
a relation that a reason names has no business here once its holder has gone. A standing link stays with its body, which
keeps it when the person moves on. Who was in which team, and who was offered to a call, belongs to the campaign. There is
no class for residents: no field holds one's name, number, phone, health or journeys; a report's boxes are sealed to all.
"""

from mingcha.config.tip_fields import TIP_FIELDS

FIELDS = """
audit.Event                   permanent
    internal  id at verb kind key division body detail text
    personal  actor actor_name
audit.Unsealed                permanent
    internal  event_id
audit.Seal                    permanent
    public    seq event_id hash
audit.Head                    permanent
    public    id seq hash
territory.Division            permanent
    public    code name level parent_code
    internal  group
territory.Mechanism           register
    internal  division name former_post_years rest_hours longest_run_days
territory.Tier                register
    internal  id mechanism position name kind open_ended
territory.Body                register
    internal  code name kind division parent tier host merged_into pinyin
territory.SiteType            permanent
    public    code name position minutes enterprise yearly_cap
territory.Site                register
    internal  id code name type division address body pinyin active provisional merged_into latitude longitude
    internal  schematic street opens closes
accounts.Person               account
    internal  id is_active created_at
    personal  username name pinyin title skills last_login
    sealed    password
accounts.Post                 account
    internal  id body role capacity since until relieved_at
    personal  person
accounts.Link                 register
    internal  id holder kind body division site since until recorded_at
    personal  person
accounts.Recusal              account
    internal  id state recorded_at asked_by ruled_in ruled_at
    personal  person body division site ground reason recorded_by ruling ruled_by
accounts.Device               account
    internal  id label made_at revoked_at
    personal  person made_by revoked_by
    sealed    token_hash
accounts.Attempt              day
    internal  id at
    personal  username address
evidence.Evidence             marked
    internal  id sha256 size media_type name received_at place personal rendered
    personal  received_from received_as
evidence.Rendering            marked
    internal  id evidence view_sha256 thumb_sha256 made_at
notices.Notice                account
    internal  id subject text link channel created_at seen_at urgent planned_at raise_at raised_at raised_from
    personal  to
notices.Preference            account
    internal  by_mail in_group quiet_from quiet_to digest_at changed_at
    personal  person mail
notices.Channel               register
    internal  id body kind quiet_from quiet_to digest_at set_at stopped_at
    personal  set_by stopped_by
    sealed    box
notices.Delivery              account
    internal  id notice channel state tries queued_at next_at sent_at cause
    personal  person
notices.Raising               register
    internal  body urgent_hours other_hours set_at
    personal  set_by
rulebook.Rulebook             permanent
    public    id code name issuer keeper
rulebook.Edition              permanent
    public    id rulebook version issued_on source declared completeness note published_at
    personal  published_by
rulebook.Item                 permanent
    public    id edition position number category text removal_first
rulebook.Checklist            permanent
    internal  id site_type version form_id form_version title keeper xform workbook compiled warnings published_at
    personal  published_by
rulebook.Question             permanent
    internal  id checklist position name kind text help
rulebook.CalendarYear         permanent
    public    id year source registered_at
    personal  registered_by
rulebook.CalendarDay          permanent
    public    id day works note set_at
    personal  set_by
rulebook.TermRule             permanent
    internal  id body stage emergency severity item amount unit by_time source set_at
    personal  set_by
rulebook.Ladder               permanent
    internal  id body emergency source set_at
    personal  set_by
rulebook.LadderRung           permanent
    internal  id ladder position act before auto paper to amount unit by_time
rulebook.ProofRule            permanent
    internal  id body act severity before after document revisit withdrawn source set_at
    personal  set_by
rulebook.BasisText            permanent
    internal  id body kind text partial source set_at
    personal  set_by
campaigns.Campaign            campaign
    internal  id slug name purpose lead division starts_on ends_on emergency_until retention_days stop_by_stop state
    internal  opened_at
    personal  opened_by
campaigns.FocusPoint          campaign
    internal  id campaign position text
campaigns.CampaignRulebook    campaign
    internal  id campaign edition
campaigns.CampaignForm        campaign
    internal  id campaign checklist
campaigns.RecordingApproval   campaign
    internal  id campaign office basis until approved_at withdrawn_at
    personal  approved_by withdrawn_by
campaigns.SupervisingOffice   campaign
    internal  id campaign body measures
campaigns.Call                campaign
    internal  id campaign number issuer reason from_day to_day reply_by state made_at ended_at
    personal  made_by
campaigns.Need                campaign
    internal  id call division skill people
campaigns.CalledOffice        campaign
    internal  id call body answered_at note
    personal  answered_by
campaigns.Offer               campaign
    internal  id call body from_day to_day state need offered_at
    personal  person note offered_by
campaigns.Team                campaign
    internal  id campaign office name base vehicle base_latitude base_longitude starts ends formed_at disbanded_at
    internal  imported
    personal  formed_by
campaigns.TeamBody            campaign
    internal  id team body
campaigns.Member              campaign
    internal  id team body duty since until
    personal  person left_reason
campaigns.Stretch             campaign
    internal  id team township
draws.Round                   campaign
    public    frame_hash n public_kind public_named public_at public_value root bundle
    internal  id campaign office number state allocation unassigned begun_at frozen_at drawn_at revealed_at
    internal  day departs_at window tilt tau floor cap promised sharing scores announced_at routing dropped
    internal  routed_at iterations
    internal  voided_at void_reason
    personal  begun_by frozen_by announced_by drawn_by voided_by
    sealed    chances_box routes_box
draws.RoundParty              campaign
    public    commitment
    internal  id round body deposited_at
    personal  deposited_by
    sealed    box
draws.RoundTeam               campaign
    internal  id round team
draws.FrameSite               campaign
    internal  id round site stratum township
draws.RoundLeftOut            campaign
    internal  id round site visits cap
draws.SealedList              campaign
    internal  id round team day departs_at count reach barred state opened_at
    personal  opened_by
    sealed    box
draws.Replacement             campaign
    internal  id list round out into passed reason made_at
    personal  made_by
draws.DirectedVisit           campaign
    internal  id office carrier campaign state round made_at
    personal  made_by
    sealed    box
draws.PastOutcome             campaign
    internal  id visit site day problem score team source counts taken_at
draws.PriorRate               register
    internal  id office site_type rate basis set_at
    personal  set_by
draws.ReportCount             campaign
    internal  id division category since until count taken_at
draws.ScoreVersion            campaign
    internal  id office version method visits problems day made_at
    personal  made_by
draws.SiteScore               campaign
    internal  id version site chance reasons
fieldwork.Inspection          campaign
    internal  id campaign office team list extra day state departed_at returned_at unvisited_reason
    internal  changes
    personal  departed_by signer cosigner
fieldwork.InspectionTownship  campaign
    internal  id inspection township
fieldwork.Stop                campaign
    internal  id inspection site position arrives_at leaves_at out_at out_reason replaces
fieldwork.HandOver            campaign
    internal  id stop giver taker reason despite made_at
    personal  made_by
fieldwork.Submission          campaign
    internal  id instance_id device inspection checklist site_named sha256 xml answers breaches held expected state
    internal  started_at ended_at received_at ruled_at ruling
    personal  person ruled_by
fieldwork.Attachment          marked
    internal  id submission name kind evidence
fieldwork.Visit               campaign
    internal  id inspection site checklist mode state outcome reason drawn extra submission score latitude longitude
    internal  accuracy feedback feedback_to begun_at closed_at
    personal  begun_by closed_by
fieldwork.Answer              campaign
    internal  id visit question verdict reported verified said
fieldwork.Photo               campaign
    internal  id visit evidence caption
fieldwork.EmbeddedRecord      campaign
    internal  id campaign group host kind day subject text checked amiss reminded visit recorded_at
    personal  recorded_by
findings.Finding              campaign
    internal  id visit campaign office site division item clause responsibility body severity description state noted_at
    internal  confirmed_at withdrawn_reason recurrence_of
    personal  noted_by confirmed_by
findings.FindingPhoto         campaign
    internal  id finding photo
rectifications.Rectification  campaign
    internal  id finding body way state requirement due_at term tentative attested_at ordered_at received_at closed_at
    personal  attested_by received_by received_as closed_by closed_as
rectifications.UnitLink       campaign
    internal  id rectification made_at expires_at revoked_at redeemed_at
    personal  made_by revoked_by signed_as
    sealed    token_hash session_hash
rectifications.Reply          campaign
    internal  id rectification measures through at
    personal  by
rectifications.Measure        campaign
    internal  id rectification text due_on done_at through at
    personal  by
rectifications.Progress       campaign
    internal  id rectification text through at
    personal  by
rectifications.ProgressFile   campaign
    internal  id progress evidence moment
rectifications.Request        campaign
    internal  id rectification kind reason until state ruling until_given ruled_at through at
    personal  by ruled_by
rectifications.Pause          campaign
    internal  id rectification reason since until
    personal  since_by until_by
rectifications.Step           campaign
    internal  id rectification act position for_due due_at taken_at note paper
    personal  taken_by told
rectifications.Sampling       campaign
    internal  id office rule size seed made_at settled_at passed
    personal  made_by
rectifications.Sampled        campaign
    internal  id sampling rectification reply chosen
rectifications.LedgerMapping  register
    internal  id office name columns words done_closes saved_at
    personal  saved_by
rectifications.LedgerImport   campaign
    internal  id mapping office campaign sha256 rows closed known at
    personal  by
rectifications.ImportedRow    campaign
    internal  id source office rectification number key measures cells due_at
    personal  found_as
rectifications.Proof          campaign
    internal  id reply evidence moment
rectifications.Paper          campaign
    internal  id kind issuer year number to content sha256 reply_by state issued_at received_at received_through reply
    internal  replied_at withdrawn_at withdrawn_reason
    personal  issued_by received_by replied_by withdrawn_by
rectifications.PaperOrder     campaign
    internal  id paper rectification
rectifications.PaperCopy      campaign
    internal  id paper body received_at
    personal  received_by
rectifications.PaperSignature campaign
    internal  id paper party evidence at
    personal  signed_as by
rectifications.Review         campaign
    internal  id rectification reply verdict reason how visit sampling at
    personal  by
referrals.Lead                case
    internal  id office year number source kind state text division body finding order rung fast_reason due_at
    internal  registered_at earlier
    personal  registered_by
referrals.Disposal            case
    internal  id lead way opinion study review_on state proposed_at ruling ruled_at
    personal  proposed_by ruled_by
referrals.FalseReport         case
    internal  id lead facts state proposed_at first_at ended_at ruling
    personal  proposed_by first_by ended_by
referrals.Case                case
    internal  id lead office year number state reason study ruling proposed_at ruled_at closed_at
    personal  proposed_by ruled_by closed_by
referrals.Party               case
    internal  id case kind body duty added_at
    personal  name post added_by
referrals.Statement           case
    internal  id party how text heard_on recorded_at
    personal  recorded_by
referrals.Disposition         case
    internal  id party kind form grounds state statement deciding_body document decided_on appeal_to appeal_until
    internal  proposed_at recorded_at dropped_reason
    personal  proposed_by recorded_by
referrals.Track               case
    internal  id party track reason state statement deciding_body document decided_on result proposed_at recorded_at
    personal  proposed_by recorded_by
referrals.Appeal              case
    internal  id disposition lodged_on reason state lodged_at deciding_body document decided_on result recorded_at
    personal  lodged_by recorded_by
referrals.Clearance           case
    internal  id party facts notice scope state proposed_at ruling ruled_at
    personal  proposed_by ruled_by
reports.IssuedBrief           campaign
    internal  id campaign issuer number as_of figures sha256 drawn_at
    personal  drawn_by
reports.Publication           permanent
    public    slug kind year number title blocks expires_on published_at
    internal  id office state revision written_at proposed_at sent_back taken_down_at taken_down_reason
    personal  written_by proposed_by approved_by taken_down_by
reports.Named                 told
    internal  id publication position
    personal  name post
reports.ToldCase              permanent
    internal  id publication case
reports.NamingRequest         permanent
    internal  id named reason state asked_at ruling ruled_at
    personal  asked_by ruled_by
guidance.Note                 campaign
    internal  id campaign issuer kind year number title text reply_by about sent_at
    personal  sent_by
guidance.Recipient            campaign
    internal  id note body via received_at reply replied_at
    personal  received_by replied_by
guidance.Reading              campaign
    internal  id note at
    personal  person
guidance.Question             campaign
    internal  id note body text asked_at answer answered_at
    personal  asked_by answered_by
successions.Succession        account
    internal  id last_day at
    personal  person successor reason by
successions.LeftPost          account
    internal  id succession post
successions.Handed            account
    internal  id succession kind link
    personal  name to
"""

CLASSES = ("public", "internal", "personal", "sealed")
RETENTIONS = ("permanent", "register", "campaign", "marked", "account", "told", "case", "day", "tip")


def classes() -> dict[str, str]:
    """Return "room.Model.field" → its class."""
    found: dict[str, str] = {}
    model = ""
    for line in (FIELDS + TIP_FIELDS).splitlines():
        words = line.split()
        if not words:
            continue
        if not line.startswith(" "):
            model = words[0]
            continue
        for name in words[1:]:
            if f"{model}.{name}" in found:
                raise ValueError(f"{model}.{name} stands twice in the table")
            found[f"{model}.{name}"] = words[0]
    return found


def retentions() -> dict[str, str]:
    """Return "room.Model" → how long its rows are kept."""
    lines = [line.split() for line in (FIELDS + TIP_FIELDS).splitlines() if line and not line.startswith(" ")]
    return dict(lines)


def sealed() -> set[str]:
    """Return the names of the sealed fields."""
    return {name.rsplit(".", 1)[1] for name, kind in classes().items() if kind == "sealed"}
