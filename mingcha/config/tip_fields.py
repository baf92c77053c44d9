"""
The classes of every field of the sealed room, and how long its rows are kept; `fields` adds them to its own table.

tip  until the day the tip is to be destroyed (`erase_on`). Then every box of it goes and no key is left to any copy; the
     row that is readable without a key stays, with days and counts and nothing of what was said, by whom or of whom

What is readable here is read by the office that keeps the tip. The public half of a key opens nothing, and the digest of
a proof of work leads nowhere; every other binary column is sealed.
"""

TIP_FIELDS = """
tips.OfficerKey               account
    internal  public made_at failures closed_until
    personal  person
    sealed    mark salt box
tips.OfficeKey                permanent
    internal  id office purpose epoch public state made_at
    personal  made_by
    sealed    mark
tips.KeyHolder                account
    internal  id office_key granted_at
    personal  person granted_by
    sealed    box vouch
tips.Vouch                    account
    internal  id office_key made_at
    personal  person made_by
    sealed    mark
tips.RecoveryEnvelope         permanent
    internal  id office_key
    personal  first second
    sealed    box
tips.Tip                      permanent
    internal  id kind channel category county received_on office state year number named repeat way outcome due due_at
    internal  notice_due_at accepted_on concluded_on closed_on erase_on announced public identity_public
    sealed    lookup mark
tips.Wrap                     tip
    internal  id tip identity office_key
    personal  person
    sealed    box
tips.Record                   tip
    internal  id tip kind author identity day unread
    sealed    box mark
tips.SealedFile               tip
    internal  digest record size
tips.SpentEffort              day
    internal  digest day
tips.Offer                    tip
    internal  id tip sender receiver office_key identity_key back_to upward reason state offered_on due_at
    internal  settled_on
    personal  offered_by settled_by
    sealed    box identity_box
tips.Proposal                 tip
    internal  id tip way opinion review_on state proposed_at settled_at
    personal  proposed_by settled_by
tips.RatingGiven              permanent
    internal  id tip closed_on value day
tips.OfficeRule               register
    internal  office forward_days notice_days result_days proposal_days objection_days keep_days bits
tips.StandsAside              register
    internal  id office body
tips.Call                     permanent
    public    title scope ways promises until published_at
    internal  id office state drafted_at withdrawn_at
    personal  drafted_by published_by
tips.LikenessWaiting          tip
    internal  id tip office_key
    sealed    box
tips.LikenessBlock            tip
    internal  id office_key position count
    sealed    box
"""
