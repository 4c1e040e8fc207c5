-- name: read_round
-- Heads and known reports of one round in one trip. $1 stream ids, $2 event ids.
SELECT 0 AS kind, s.stream_id AS id, s.version, s.state AS bytes, NULL::uuid AS stream_id,
       NULL::text AS organisation, s.seen_by
  FROM unnest($1::uuid[]) i(stream_id) JOIN stream s ON s.stream_id = i.stream_id
UNION ALL
SELECT 1, r.event_id, r.version, r.sha256, r.stream_id, r.organisation, NULL
  FROM unnest($2::uuid[]) i(event_id) JOIN report r ON r.event_id = i.event_id

-- name: lock_heads
-- The same heads, locked in ascending order; $1 must be sorted.
SELECT s.stream_id FROM stream s WHERE s.stream_id = ANY ($1::uuid[]) ORDER BY s.stream_id FOR UPDATE

-- name: versions_of_lines
-- The versions of all lines of reports that touched several streams. $1 their REPORT keys.
SELECT key, stream_id, version FROM event_key WHERE kind = 8 AND key = ANY ($1::uuid[])

-- name: write_round
-- One statement, wholly or not at all. $1-$6 known heads: id, expected, new version, state, who may
-- see it (as it was where null; added to what it was where the life has several names); $7-$12 new
-- heads: id, version, kind, name, state, who may see it; $13-$16 events: stream, version, event,
-- body, and beside the first event of each report $17-$19: organisation, sha256, body of the report;
-- $20-$23 keys: kind, key, stream, version; $24-$27 personal values: reference, id of the key that
-- wraps, data key, value; whoever was first stays, also when erased; $28-$29 other streams of the
-- same lives: id, who may see it. Heads come in ascending order.
WITH u AS (
    UPDATE stream s SET version = h.v, state = h.st,
           seen_by = CASE WHEN h.seers IS NULL THEN s.seen_by
               WHEN h.joined THEN ARRAY(SELECT unnest(s.seen_by) UNION
                                        SELECT unnest(string_to_array(h.seers, ',')))
               ELSE string_to_array(h.seers, ',') END
      FROM unnest($1::uuid[], $2::int[], $3::int[], $4::bytea[], $5::text[], $6::bool[])
           h(id, x, v, st, seers, joined)
     WHERE s.stream_id = h.id AND s.version = h.x RETURNING 1),
n AS (
    INSERT INTO stream (stream_id, version, kind, name, state, seen_by)
    SELECT id, v, k, nm, st, string_to_array(seers, ',')
      FROM unnest($7::uuid[], $8::int[], $9::smallint[], $10::text[], $11::bytea[], $12::text[])
           t(id, v, k, nm, st, seers)
        ON CONFLICT DO NOTHING RETURNING 1),
w AS (
    UPDATE stream s SET seen_by = ARRAY(SELECT unnest(s.seen_by) UNION
                                        SELECT unnest(string_to_array(kin.seers, ',')))
      FROM unnest($28::uuid[], $29::text[]) kin(id, seers)
     WHERE s.stream_id = kin.id AND NOT s.seen_by @> string_to_array(kin.seers, ',')),
e AS (
    INSERT INTO event (stream_id, version, event_id, body)
    SELECT * FROM unnest($13::uuid[], $14::int[], $15::uuid[], $16::bytea[])),
r AS (
    INSERT INTO report (stream_id, version, event_id, organisation, sha256, body)
    SELECT * FROM unnest($13::uuid[], $14::int[], $15::uuid[], $17::text[], $18::bytea[], $19::bytea[])
           t(stream_id, version, event_id, organisation, sha256, body)
     WHERE t.sha256 IS NOT NULL),
k AS (
    INSERT INTO event_key (kind, key, stream_id, version)
    SELECT * FROM unnest($20::smallint[], $21::uuid[], $22::uuid[], $23::int[])),
p AS (
    INSERT INTO personal (reference, kind, kek, wrapped, sealed)
    SELECT r, 'vin', k, w, s
      FROM unnest($24::text[], $25::text[], $26::bytea[], $27::bytea[]) t(r, k, w, s)
        ON CONFLICT DO NOTHING),
o AS (INSERT INTO outbox (stream_ids, versions) VALUES ($13::uuid[], $14::int[]))
SELECT CASE WHEN (SELECT count(*) FROM u) < cardinality($1::uuid[])
              OR (SELECT count(*) FROM n) < cardinality($7::uuid[]) THEN lost_head() END

-- name: events_of
SELECT stream_id, body FROM event WHERE stream_id = ANY ($1::uuid[])

-- name: alias_events
-- Every `identified` event that names one of these names. $1 alias keys.
SELECT e.body FROM event_key k JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
 WHERE k.kind = 7 AND k.key = ANY ($1::uuid[])

-- name: alias_events_known_at
-- The same, as far as the log held them. $1 alias keys, $2 moment.
SELECT e.body FROM event_key k JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
  JOIN log_entry l ON l.stream_id = k.stream_id AND l.version = k.version
 WHERE k.kind = 7 AND k.key = ANY ($1::uuid[]) AND l.logged_at <= $2

-- name: corrections_of
-- Corrections of these events, by the key of the event they withdraw. $1 keys.
SELECT k.key, e.body FROM event_key k
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
 WHERE k.kind = 9 AND k.key = ANY ($1::uuid[])

-- name: corrections_known_at
-- The same, as far as the log held them. $1 keys, $2 moment.
SELECT k.key, e.body FROM event_key k
  JOIN event e ON e.stream_id = k.stream_id AND e.version = k.version
  JOIN log_entry l ON l.stream_id = k.stream_id AND l.version = k.version
 WHERE k.kind = 9 AND k.key = ANY ($1::uuid[]) AND l.logged_at <= $2

-- name: report_lines
-- Where the lines of one report are. $1 event id, $2 its REPORT key.
SELECT s.stream_id, s.kind, s.name, l.version
  FROM (SELECT stream_id, version FROM event_key WHERE kind = 8 AND key = $2
        UNION SELECT stream_id, version FROM report WHERE event_id = $1) l
  JOIN stream s ON s.stream_id = l.stream_id

-- name: report
SELECT event_id, stream_id, version, organisation, sha256, body FROM report WHERE event_id = $1

-- name: known_reports
-- Those of these reports that are in the record. $1 event ids.
SELECT event_id FROM report WHERE event_id = ANY ($1::uuid[])

-- name: report_events
-- The events of one report, two at most: its place in the log, and who may see the stream. $1 event
-- id, $2 its REPORT key, $3 the stream of one line, or null.
SELECT e.body, l.log_index, s.seen_by
  FROM (SELECT stream_id, version FROM event_key WHERE kind = 8 AND key = $2
        UNION SELECT stream_id, version FROM report WHERE event_id = $1) x
  JOIN event e ON e.stream_id = x.stream_id AND e.version = x.version
  LEFT JOIN log_entry l ON l.stream_id = e.stream_id AND l.version = e.version
  LEFT JOIN stream s ON s.stream_id = e.stream_id
 WHERE $3::uuid IS NULL OR x.stream_id = $3 LIMIT 2

-- name: event_at
SELECT e.body, l.log_index FROM event e
  LEFT JOIN log_entry l ON l.stream_id = e.stream_id AND l.version = e.version
 WHERE e.stream_id = $1 AND e.version = $2

-- name: history_of_many
SELECT e.stream_id, e.version, e.body, l.log_index, l.logged_at FROM event e
  LEFT JOIN log_entry l ON l.stream_id = e.stream_id AND l.version = e.version
 WHERE e.stream_id = ANY ($1::uuid[])

-- name: personal
SELECT reference, kek, wrapped, sealed, erased_at FROM personal
 WHERE reference = ANY ($1::text[]) AND kind = 'vin'

-- name: history_page
-- The head, and a page of events in order of arrival: their bodies, and their places in the log,
-- which end where the log ends. One row of two arrays: PostgreSQL neither joins a row for each event
-- nor copies the bodies into one value. $1 stream, $2 versions to skip, $3 how many.
SELECT s.version, s.state, s.seen_by,
       ARRAY(SELECT e.body FROM event e
              WHERE e.stream_id = $1 AND e.version > $2 AND e.version <= $2 + $3
              ORDER BY e.version) AS bodies,
       ARRAY(SELECT l.log_index FROM log_entry l
              WHERE l.stream_id = $1 AND l.version > $2 AND l.version <= $2 + $3
              ORDER BY l.version) AS places
  FROM stream s WHERE s.stream_id = $1
