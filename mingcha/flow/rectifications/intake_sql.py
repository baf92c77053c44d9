"""
The one statement of the intake, step by step; its tables and columns belong to their rooms' models.

    sent     the submission, unless the phone was revoked, a list was opened or changed meanwhile, or the instance is known
    body     who answers for a place that is on no register yet: an enterprise of its own, until the office says who
    fresh    that place, provisional: off the register, and so in no draw
    place    the place, known or fresh; none where the submission is held back
    visit    closed at once: its findings are confirmed and frozen by the hand that sends them
    answers  one row for each question answered
    found    the findings, their ids taken first so that orders, photos and messages can name them
    orders   attested where put right on the spot, else issued to the body with a deadline
    told     a message to each person who answers for that body
    files    evidence, attachment, photo of the visit, photo of the finding
    event    the act on record, and its place in the queue of the sealer

What an office takes that was held back leaves the same rows by the same words: only its beginning differs (TAKE), its
files are there already, and its act is recorded by the action.

Parameters are written %(name)s and sent as text, $1, $2 …, each cast to its type: then one prepared statement fits all
values, and the driver has nothing to look up. Rows come as JSON.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

UNTYPED = "other"  # the type of a site met with a form that is for any site

_RECEIVED = """
WITH known AS (
    SELECT s.id, s.name, s.body_id, s.division_id,
           (jsonb_exists(%(tied_bodies)s::jsonb, s.body_id) OR %(tied_sites)s::jsonb @> to_jsonb(s.id)
            OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(%(tied_divisions)s::jsonb) AS d(code)
                       WHERE starts_with(s.division_id, d.code))) AS tied,
           (NOT %(extra)s AND EXISTS (SELECT 1 FROM fieldwork_visit v
                                      WHERE v.inspection_id = %(inspection)s AND v.site_id = s.id AND NOT v.extra)
           ) AS visited
    FROM territory_site s WHERE s.code = %(site_code)s
), hold AS (
    SELECT %(held)s::jsonb
           || CASE WHEN (SELECT tied FROM known) THEN '["tied"]'::jsonb ELSE '[]'::jsonb END
           || CASE WHEN (SELECT visited FROM known) THEN '["visited"]'::jsonb ELSE '[]'::jsonb END AS reasons
), sent AS (
    INSERT INTO fieldwork_submission (
        instance_id, device_id, person_id, inspection_id, checklist_id, site_named, sha256, xml, answers, breaches,
        held, expected, state, started_at, ended_at, received_at, ruling)
    SELECT %(instance)s, d.id, %(person)s, %(inspection)s, %(checklist)s, %(site_named)s, %(sha256)s, %(xml)s,
           %(answers)s::jsonb, %(breaches)s::jsonb, h.reasons, %(expected)s::jsonb,
           CASE WHEN h.reasons = '[]'::jsonb THEN 'taken' ELSE 'held' END,
           %(started)s::timestamptz, %(ended)s::timestamptz, %(at)s::timestamptz, ''
    FROM accounts_device d CROSS JOIN hold h
    WHERE d.id = %(device)s AND d.revoked_at IS NULL
      AND %(known)s = (SELECT coalesce(sum(i.changes + 1), 0) FROM fieldwork_inspection i
                       WHERE i.team_id = ANY(%(teams)s::bigint[]))
    ON CONFLICT (instance_id) DO NOTHING
    RETURNING id, state
"""

# `known` is the site that the office chose.
_HELD = """
WITH known AS (
    SELECT s.id, s.name, s.body_id, s.division_id FROM territory_site s
    WHERE s.code = %(site_code)s AND s.merged_into_id IS NULL
), sent AS (
    UPDATE fieldwork_submission SET state = 'taken', ruled_at = %(at)s::timestamptz, ruled_by_id = %(ruler)s
    WHERE id = %(submission)s AND state = 'held' AND EXISTS (SELECT 1 FROM known)
    RETURNING id, state
"""

_ROWS = """), taken AS (
    SELECT id FROM sent WHERE state = 'taken'
), body AS (
    INSERT INTO territory_body (code, name, kind, division_id, pinyin)
    SELECT left('phone-' || %(site_code)s, 40), %(site_name)s, 'enterprise', %(division)s, ''
    FROM taken WHERE NOT EXISTS (SELECT 1 FROM known)
    ON CONFLICT (code) DO NOTHING
), fresh AS (
    INSERT INTO territory_site (
        code, name, type_id, division_id, address, body_id, pinyin, active, provisional)
    SELECT %(site_code)s, %(site_name)s, %(site_type)s, %(division)s, '', left('phone-' || %(site_code)s, 40), '',
           false, true
    FROM taken WHERE NOT EXISTS (SELECT 1 FROM known)
    RETURNING id, name, body_id, division_id
), place AS (
    SELECT k.id, k.name, k.body_id, k.division_id FROM known k, taken
    UNION ALL SELECT id, name, body_id, division_id FROM fresh
), visit AS (
    INSERT INTO fieldwork_visit (
        inspection_id, site_id, checklist_id, mode, state, outcome, reason, drawn, extra, submission_id, score, latitude,
        longitude, accuracy, feedback, feedback_to, begun_at, begun_by_id, closed_at, closed_by_id)
    SELECT %(inspection)s, p.id, %(checklist)s, %(mode)s, 'closed', %(outcome)s, %(reason)s, %(drawn)s, %(extra)s, t.id,
           %(score)s::smallint, %(latitude)s::float8, %(longitude)s::float8, %(accuracy)s::float8, %(feedback)s,
           %(feedback_to)s, %(begun)s::timestamptz, %(person)s, %(closed)s::timestamptz, %(person)s
    FROM taken t, place p
    RETURNING id
), answers AS (
    INSERT INTO fieldwork_answer (visit_id, question_id, verdict, reported, verified, said)
    SELECT v.id, a.question, a.verdict, a.reported, a.verified, a.said
    FROM visit v, jsonb_to_recordset(%(answered)s::jsonb)
                 AS a(question bigint, verdict text, reported int, verified int, said text)
), found AS MATERIALIZED (
    SELECT nextval('findings_finding_id_seq') AS id,
           nextval('rectifications_rectification_id_seq') AS order_id,
           v.id AS visit_id, p.id AS site_id, p.division_id AS division, COALESCE(f.body, p.body_id) AS body_id, f.*
    FROM visit v, place p,
         jsonb_to_recordset(%(findings)s::jsonb)
         AS f(ordinal int, item bigint, clause text, responsibility text, severity text, description text, body text,
              on_spot bool, due timestamptz, term text, tentative bool, requirement text)
), findings AS (
    INSERT INTO findings_finding (
        id, visit_id, campaign_id, office_id, site_id, division, item_id, clause, responsibility, body_id, severity,
        description, state, noted_at, noted_by_id, confirmed_at, confirmed_by_id, withdrawn_reason)
    SELECT id, visit_id, %(campaign)s, %(office)s, site_id, division, item, clause, responsibility, body_id, severity,
           description, 'confirmed', %(closed)s::timestamptz, %(person)s, %(closed)s::timestamptz, %(person)s, ''
    FROM found
), orders AS (
    INSERT INTO rectifications_rectification (
        id, finding_id, body_id, way, state, requirement, due_at, term, tentative, attested_at, attested_by_id,
        ordered_at)
    SELECT order_id, id, body_id, CASE WHEN on_spot THEN 'on_spot' ELSE 'by_deadline' END,
           CASE WHEN on_spot THEN 'attested' ELSE 'ordered' END, requirement, due, term, tentative,
           CASE WHEN on_spot THEN %(closed)s::timestamptz END, CASE WHEN on_spot THEN %(person)s::bigint END,
           CASE WHEN on_spot THEN NULL ELSE %(at)s::timestamptz END
    FROM found
), told AS (
    INSERT INTO notices_notice (to_id, subject, text, link, channel, created_at)
    SELECT DISTINCT ON (f.id, q.person_id) q.person_id,
           '收到整改交办：' || left(f.division, 6) || '-' || lpad(f.id::text, greatest(6, length(f.id::text)), '0'), '',
           '/orders/' || f.order_id || '/', 'screen', %(at)s::timestamptz
    FROM found f
    JOIN territory_body b ON b.code = f.body_id OR b.merged_into_id = f.body_id
    JOIN accounts_post q ON q.body_id = b.code AND q.role = 'unit' AND q.since <= %(day)s::date
         AND (q.until IS NULL OR q.until >= %(day)s::date) AND q.relieved_at IS NULL
    JOIN accounts_person o ON o.id = q.person_id AND o.is_active
    WHERE NOT f.on_spot
), files AS MATERIALIZED (
    SELECT nextval('evidence_evidence_id_seq') AS id,
           nextval('fieldwork_photo_id_seq') AS photo_id, s.id AS submission_id,
           (SELECT name FROM place) AS place, u.*
    FROM sent s,
         jsonb_to_recordset(%(files)s::jsonb)
         AS u(name text, sha256 text, size bigint, media_type text, personal bool, kind text, finding int)
), evidence AS (
    INSERT INTO evidence_evidence (
        id, sha256, size, media_type, name, received_at, received_from_id, place, personal)
    SELECT id, sha256, size, media_type, name, %(at)s::timestamptz, %(person)s, COALESCE(place, %(site_named)s),
           personal
    FROM files
), attachments AS (
    INSERT INTO fieldwork_attachment (submission_id, name, kind, evidence_id)
    SELECT submission_id, name, kind, id FROM files
), photos AS (
    INSERT INTO fieldwork_photo (id, visit_id, evidence_id, caption)
    SELECT f.photo_id, v.id, f.id, '' FROM files f, visit v WHERE f.kind = 'photo'
), shown AS (
    INSERT INTO findings_findingphoto (finding_id, photo_id)
    SELECT n.id, f.photo_id FROM files f JOIN found n ON n.ordinal = f.finding WHERE f.kind = 'photo'
"""

_RECORDED = """), event AS (
    INSERT INTO audit_event (at, actor, actor_name, verb, kind, key, division, body, detail, text)
    SELECT %(at)s::timestamptz, %(actor)s, %(actor_name)s, 'submission.receive', 'submission', %(instance)s,
           %(division)s, %(office)s, %(event_detail)s::jsonb, %(event)s
    FROM sent
    RETURNING id
), queued AS (
    INSERT INTO audit_unsealed (event_id) SELECT id FROM event
"""

_END = """)
SELECT id, state FROM sent
"""

# What is not text.
_TYPES = {
    **dict.fromkeys(
        ("device", "person", "inspection", "checklist", "campaign", "known", "submission", "ruler"), "bigint"
    ),
    **dict.fromkeys(("drawn", "extra"), "bool"),
}


@dataclass(frozen=True)
class Statement:
    """SQL with $1, $2 …, and the names of its parameters in that order."""

    sql: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, written: str) -> "Statement":
        """Number the parameters of a statement written with %(name)s, and cast each to its type."""
        names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", written)))
        place = {name: n for n, name in enumerate(names, start=1)}
        cast = re.sub(
            r"%\((\w+)\)s(::\w+(?:\[\])?)?",
            lambda m: f"${place[m[1]]}{m[2] or '::' + _TYPES.get(m[1], 'text')}",
            written,
        )
        return cls(cast, names)

    def values(self, words: Mapping[str, object]) -> list[str | None]:
        """Return the parameters as text, in order."""
        return [_text(words[name]) for name in self.names]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return value.isoformat() if isinstance(value, date) else str(value)


STATEMENT = Statement.of(_RECEIVED + _ROWS + _RECORDED + _END)
TAKE = Statement.of(_HELD + _ROWS + _END)
