"""
What the public's process may do, as functions that run with the owner's rights (SECURITY DEFINER): hand in a report, find
one by its receipt, add to it, rate it, and read what is published. Its role needs no right on any table of tips.

What may not be chosen from outside is set here: a report begins as received, its author is the citizen, the record of the
act names no hour. Binary values travel as base64 within JSON. Nothing is executable by PUBLIC.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION tips_put(p jsonb) RETURNS text LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    t jsonb := p->'tip';
BEGIN
    -- 0. The office's keys are those that were sealed to, which the signed directory gave: nobody has put in another.
    IF EXISTS (
        SELECT 1 FROM jsonb_to_recordset(p->'keys') AS w (id bigint, public text)
        LEFT JOIN tips_officekey k
            ON k.id = w.id AND k.office_id = t->>'office' AND k.public = decode(w.public, 'base64')
        WHERE k.id IS NULL
    ) THEN
        RETURN 'replaced';
    END IF;
    -- 1. A proof of work serves once. The same report sent again shows by its receipt, not by its proof.
    IF p ? 'effort' THEN
        INSERT INTO tips_spenteffort (digest, day) VALUES (decode(p->>'effort', 'base64'), (t->>'received_on')::date)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            IF EXISTS (SELECT 1 FROM tips_tip WHERE lookup = decode(t->>'lookup', 'base64')) THEN
                RETURN 'again';
            END IF;
            RETURN 'spent';
        END IF;
    END IF;
    -- 2. The row that is readable without a key.
    INSERT INTO tips_tip (
        id, kind, channel, category, county, received_on, office_id, state, named, repeat, way, outcome, due, due_at,
        announced, lookup, public, identity_public, mark
    ) VALUES (
        (t->>'id')::uuid, t->>'kind', t->>'channel', t->>'category', t->>'county', (t->>'received_on')::date,
        t->>'office', 'received', false, false, '', '', 'forward', (t->>'due_at')::timestamptz, false,
        decode(t->>'lookup', 'base64'), decode(t->>'public', 'base64'), decode(t->>'identity_public', 'base64'),
        decode(t->>'mark', 'base64')
    ) ON CONFLICT (lookup) DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'again';
    END IF;
    -- 3. Its keys: in the hands of the office that receives it and of the citizen, of nobody else.
    INSERT INTO tips_wrap (id, tip_id, identity, office_key_id, person_id, box)
    SELECT w.id, (t->>'id')::uuid, w.identity, k.id, NULL, decode(w.box, 'base64')
    FROM jsonb_to_recordset(p->'wraps') AS w (id uuid, identity boolean, office_key bigint, box text)
    LEFT JOIN tips_officekey k ON k.id = w.office_key AND k.office_id = t->>'office'
    WHERE w.office_key IS NULL OR k.id IS NOT NULL;
    -- 4. What was said, who said it, and a print of it for the office's index.
    PERFORM tips_put_records((t->>'id')::uuid, p->'records', p->'files');
    INSERT INTO tips_likenesswaiting (id, tip_id, office_key_id, box)
    SELECT w.id, (t->>'id')::uuid, k.id, decode(w.box, 'base64')
    FROM jsonb_to_recordset(p->'prints') AS w (id uuid, office_key bigint, box text)
    JOIN tips_officekey k ON k.id = w.office_key AND k.office_id = t->>'office';
    RETURN 'filed';
END $$;

CREATE FUNCTION tips_put_records(tip uuid, records jsonb, files jsonb) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO tips_record (id, tip_id, kind, author, identity, day, unread, box, mark)
    SELECT r.id, tip, r.kind, 'citizen', r.identity, r.day, true, decode(r.box, 'base64'), decode(r.mark, 'base64')
    FROM jsonb_to_recordset(records) AS r (id uuid, kind text, identity boolean, day date, box text, mark text)
    WHERE r.kind IN ('report', 'identity', 'addition', 'file', 'objection', 'comment');
    INSERT INTO tips_sealedfile (digest, record_id, size)
    SELECT f.digest, f.record, f.size
    FROM jsonb_to_recordset(files) AS f (digest text, record uuid, size bigint)
    JOIN tips_record r ON r.id = f.record AND r.tip_id = tip;
$$;

CREATE FUNCTION tips_act(said text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    x jsonb := said::jsonb;
    made bigint;
BEGIN
    IF x->>'actor' <> 'citizen' OR x->>'kind' <> 'tip' OR x->>'verb' NOT LIKE 'tips.%' THEN
        RAISE EXCEPTION 'not an act of the public';
    END IF;
    INSERT INTO audit_event (at, actor, actor_name, verb, kind, key, division, body, detail, text)
    VALUES (
        (x->>'at')::timestamptz, x->>'actor', x->>'actor_name', x->>'verb', x->>'kind', x->>'key', x->>'division',
        x->>'body', x->'detail', said
    ) RETURNING id INTO made;
    INSERT INTO audit_unsealed (event_id) VALUES (made);
END $$;

CREATE FUNCTION tips_file(p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done text;
BEGIN
    IF NOT p ? 'effort' OR p->'tip'->>'channel' <> 'web' THEN
        RAISE EXCEPTION 'not a report of the public';
    END IF;
    done := tips_put(p);
    IF done = 'filed' THEN
        PERFORM tips_act(p->>'act');
    END IF;
    RETURN done;
END $$;

CREATE FUNCTION tips_by_receipt(asked bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'tip', jsonb_build_object(
            'id', t.id, 'kind', t.kind, 'channel', t.channel, 'category', t.category, 'county', t.county,
            'received_on', t.received_on, 'office_id', t.office_id, 'state', t.state, 'year', t.year,
            'number', t.number, 'way', t.way, 'outcome', t.outcome, 'due', t.due, 'closed_on', t.closed_on,
            'lookup', encode(t.lookup, 'base64'), 'public', encode(t.public, 'base64'),
            'identity_public', encode(t.identity_public, 'base64'), 'mark', encode(t.mark, 'base64')
        ),
        'office_name', o.name,
        'objection_days', (SELECT r.objection_days FROM tips_officerule r WHERE r.office_id = t.office_id),
        'office_named', EXISTS (
            SELECT 1 FROM tips_wrap w JOIN tips_officekey k ON k.id = w.office_key_id
            WHERE w.tip_id = t.id AND w.identity AND k.office_id = t.office_id AND k.purpose = 'identity'
        ),
        'rated', (SELECT g.value FROM tips_ratinggiven g WHERE g.tip_id = t.id AND g.closed_on = t.closed_on),
        'wraps', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('identity', w.identity, 'box', encode(w.box, 'base64'))), '[]')
            FROM tips_wrap w WHERE w.tip_id = t.id AND w.office_key_id IS NULL AND w.person_id IS NULL
        ),
        'records', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', r.id, 'kind', r.kind, 'author', r.author, 'identity', r.identity, 'day', r.day,
                'unread', r.unread, 'box', encode(r.box, 'base64'), 'mark', encode(r.mark, 'base64')
            )), '[]')
            FROM tips_record r
            WHERE r.tip_id = t.id AND (
                r.author = 'citizen' AND r.kind IN ('report', 'identity', 'addition', 'file', 'objection', 'comment')
                OR r.author = 'office' AND r.kind = 'reply'
            )
        )
    )
    FROM tips_tip t JOIN territory_body o ON o.code = t.office_id
    WHERE t.lookup = asked AND t.state <> 'erased'
$$;

CREATE FUNCTION tips_seen(asked bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tips_record r SET unread = false FROM tips_tip t
    WHERE t.lookup = asked AND r.tip_id = t.id AND r.unread AND r.author = 'office' AND r.kind = 'reply'
$$;

CREATE FUNCTION tips_add(asked bytea, p jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found_tip uuid;
BEGIN
    IF p ? 'effort' THEN
        INSERT INTO tips_spenteffort (digest, day) VALUES (decode(p->>'effort', 'base64'), (p->>'day')::date)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RETURN 'spent';
        END IF;
    END IF;
    -- Only what is waiting for the citizen's word takes an objection or a rating; the row count settles two at once.
    UPDATE tips_tip t SET
        announced = (p->>'what' IN ('rate', 'name')) AND t.announced,
        due = CASE WHEN p->>'what' = 'object' THEN 'objection' ELSE t.due END,
        due_at = CASE WHEN p->>'what' = 'object' THEN (p->>'due_at')::timestamptz ELSE t.due_at END
    WHERE t.lookup = asked AND t.state <> 'erased' AND (
        p->>'what' = 'add'
        OR p->>'what' = 'object' AND t.state = 'closed' AND t.due = ''
            AND t.closed_on + coalesce(
                (SELECT r.objection_days FROM tips_officerule r WHERE r.office_id = t.office_id), 30
            ) >= (p->>'day')::date
        OR p->>'what' = 'rate' AND t.state = 'closed'
        OR p->>'what' = 'name' AND t.state NOT IN ('offered', 'closed')
    ) RETURNING t.id INTO found_tip;
    IF found_tip IS NULL THEN
        RETURN 'no';
    END IF;
    IF p->>'what' = 'rate' THEN
        INSERT INTO tips_ratinggiven (id, tip_id, closed_on, value, day)
        SELECT gen_random_uuid(), t.id, t.closed_on, p->>'value', (p->>'day')::date FROM tips_tip t
        WHERE t.id = found_tip AND p->>'value' IN ('satisfied', 'fair', 'dissatisfied')
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            RETURN 'no';
        END IF;
    END IF;
    IF p->>'what' = 'name' THEN
        -- One key to who spoke, for the office that keeps the report now (the row is held) and has none; its key is the
        -- one that was sealed to. No office before it, no other purpose, no person.
        INSERT INTO tips_wrap (id, tip_id, identity, office_key_id, person_id, box)
        SELECT gen_random_uuid(), t.id, true, k.id, NULL, decode(p->'wrap'->>'box', 'base64')
        FROM tips_tip t JOIN tips_officekey k ON k.office_id = t.office_id AND k.purpose = 'identity'
        WHERE t.id = found_tip AND k.id = (p->'wrap'->>'office_key')::bigint
            AND k.public = decode(p->'wrap'->>'public', 'base64')
            AND NOT EXISTS (
                SELECT 1 FROM tips_wrap w JOIN tips_officekey o ON o.id = w.office_key_id
                WHERE w.tip_id = t.id AND w.identity AND o.office_id = t.office_id AND o.purpose = 'identity'
            );
        IF NOT FOUND THEN
            RETURN 'no';
        END IF;
        UPDATE tips_tip SET announced = false WHERE id = found_tip;
    ELSE
        PERFORM tips_put_records(found_tip, p->'records', p->'files');
    END IF;
    PERFORM tips_act(p->>'act');
    RETURN 'added';
END $$;

CREATE FUNCTION tips_calls() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'office', c.office_id, 'office_name', o.name, 'title', c.title, 'scope', c.scope, 'ways', c.ways,
        'promises', c.promises, 'until', c.until
    ) ORDER BY length(o.division_id) DESC, o.division_id, o.code), '[]')
    FROM tips_call c JOIN territory_body o ON o.code = c.office_id WHERE c.state = 'published'
$$;

CREATE FUNCTION tips_results(before date) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- In fives, each figure by itself: the role that asks cannot be given what it must not show.
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'office_name', o.name, 'received', n.received / 5 * 5, 'closed', n.closed / 5 * 5,
        'satisfied', n.satisfied / 5 * 5, 'fair', n.fair / 5 * 5, 'dissatisfied', n.dissatisfied / 5 * 5
    ) ORDER BY length(o.division_id), o.division_id, o.code), '[]')
    FROM (
        SELECT t.office_id, count(*) AS received, count(t.closed_on) FILTER (WHERE t.closed_on < before) AS closed,
            count(*) FILTER (WHERE g.value = 'satisfied') AS satisfied, count(*) FILTER (WHERE g.value = 'fair') AS fair,
            count(*) FILTER (WHERE g.value = 'dissatisfied') AS dissatisfied
        FROM tips_tip t
        LEFT JOIN tips_ratinggiven g ON g.tip_id = t.id AND g.closed_on = t.closed_on AND g.day < before
        WHERE t.received_on < before GROUP BY t.office_id
    ) n JOIN territory_body o ON o.code = n.office_id
$$;

REVOKE EXECUTE ON FUNCTION tips_put(jsonb), tips_put_records(uuid, jsonb, jsonb), tips_act(text), tips_file(jsonb),
    tips_by_receipt(bytea), tips_seen(bytea), tips_add(bytea, jsonb), tips_calls(), tips_results(date) FROM PUBLIC;
"""
BACKWARD = """
DROP FUNCTION tips_results(date);
DROP FUNCTION tips_calls();
DROP FUNCTION tips_add(bytea, jsonb);
DROP FUNCTION tips_seen(bytea);
DROP FUNCTION tips_by_receipt(bytea);
DROP FUNCTION tips_file(jsonb);
DROP FUNCTION tips_act(text);
DROP FUNCTION tips_put_records(uuid, jsonb, jsonb);
DROP FUNCTION tips_put(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("tips", "0001_initial"), ("audit", "0003_event_actor")]

    operations = [
        migrations.CreateModel(
            name="StandsAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.ForeignKey(
                    blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                    to="territory.body", verbose_name="回避单位",
                )),
                ("office", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+", to="territory.body",
                    verbose_name="机关",
                )),
            ],
            options={"constraints": [
                models.UniqueConstraint(
                    fields=("office", "body"), name="tips_stands_aside_once", nulls_distinct=False
                ),
            ]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]  # fmt: skip
