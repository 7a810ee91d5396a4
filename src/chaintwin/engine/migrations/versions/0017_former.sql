-- Which lines a branch reads, and as of which known moment. What was shown then is kept, so whoever
-- writes public facts sees the forks of every tenant.
CREATE TABLE fork (
    branch integer NOT NULL,
    depth smallint NOT NULL,
    tenant integer NOT NULL,
    stands_on integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (branch, depth)
);
CREATE INDEX fork_at ON fork (stands_on, at);
ALTER TABLE fork ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON fork FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) OR (SELECT asking_tenant()) = 1);
CREATE POLICY writers ON fork FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON fork FOR DELETE USING (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, DELETE ON fork TO chaintwin_app;

-- Since which change a row of the current state is shown; before the first fork it does not matter.
ALTER TABLE current_state ADD COLUMN known_from timestamptz NOT NULL DEFAULT '-infinity';

-- Lists of a branch ask it of each name they pass, so the indexes by which they go hold it.
DROP INDEX state_rows_sorted, state_rows_region, state_rows_province, state_rows_city;
CREATE INDEX state_rows_sorted ON state_rows (kind, sort_name, body) INCLUDE (tenant, branch, label, known_from);
CREATE INDEX state_rows_region ON state_rows (kind, region) INCLUDE (tenant, branch, label, known_from);
CREATE INDEX state_rows_province ON state_rows (kind, province, sort_name, body) INCLUDE (tenant, branch, label, known_from);
CREATE INDEX state_rows_city ON state_rows (kind, city, sort_name, body) INCLUDE (tenant, branch, label, known_from);

-- Rows of the current state that were replaced and that a branch still shows, with the box around
-- their geometries. Like the current state they lie in one partition, by which text is found.
CREATE TABLE former_state (
    LIKE current_state INCLUDING DEFAULTS INCLUDING GENERATED,
    known_to timestamptz NOT NULL,
    west double precision,
    south double precision,
    east double precision,
    north double precision,
    PRIMARY KEY (body, tenant, branch, label, known_to),
    CHECK (known_from < known_to)
) PARTITION BY LIST (branch);
CREATE TABLE former_rows PARTITION OF former_state DEFAULT;
-- Entries that wait to be sorted in are read one by one: few may wait.
CREATE INDEX former_rows_terms ON former_rows USING gin (terms) WITH (gin_pending_list_limit = 128);
CREATE INDEX former_rows_sorted ON former_rows (kind, sort_name, body);
CREATE INDEX former_rows_province ON former_rows (kind, province, sort_name, body);
CREATE INDEX former_rows_city ON former_rows (kind, city, sort_name, body);
CREATE INDEX former_rows_region ON former_rows (kind, region);
CREATE INDEX former_rows_branch ON former_rows (branch, body) WHERE branch <> 0;
DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['former_state', 'former_rows'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]))', named);
    END LOOP;
END $$;
CREATE POLICY writers ON former_state FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY closers ON former_state FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON former_state FOR DELETE USING (tenant = (SELECT asking_tenant()));
CREATE POLICY asked ON former_rows AS RESTRICTIVE FOR SELECT USING (terms @@ (SELECT asked_terms()));
GRANT SELECT, INSERT, UPDATE, DELETE ON former_state TO chaintwin_app;
GRANT SELECT ON former_rows TO chaintwin_app;

-- Relations are cut in a fixed order: that of the index by which they are read.
DROP INDEX fact_ref;
CREATE INDEX fact_ref ON fact (ref, attribute, body, id) WHERE ref IS NOT NULL;

-- What branches made before show is derived from the facts: of each body that a line they stand on
-- has changed since, the state between its last change before the fork and its first one after it.
ALTER TABLE fact NO FORCE ROW LEVEL SECURITY;
ALTER TABLE body NO FORCE ROW LEVEL SECURITY;
ALTER TABLE branch NO FORCE ROW LEVEL SECURITY;
ALTER TABLE own_authority NO FORCE ROW LEVEL SECURITY;
ALTER TABLE fork NO FORCE ROW LEVEL SECURITY;
ALTER TABLE state_rows NO FORCE ROW LEVEL SECURITY;
ALTER TABLE former_state NO FORCE ROW LEVEL SECURITY;
ALTER TABLE former_rows NO FORCE ROW LEVEL SECURITY;
WITH RECURSIVE line AS (
    SELECT id AS branch, 1 AS depth, tenant, parent AS stands_on, forked_at AS at
    FROM branch WHERE state <> 'discarded'
    UNION ALL
    SELECT l.branch, l.depth + 1, l.tenant, b.parent, least(l.at, b.forked_at)
    FROM line l JOIN branch b ON b.id = l.stands_on WHERE l.depth < 20
)
INSERT INTO fork (branch, depth, tenant, stands_on, at)
SELECT branch, depth, tenant, stands_on, at FROM line;

CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT k.branch AS reader, k.depth, k.stands_on AS branch, f.body, f.tenant, max(e.at) AS latest,
       max(e.at) FILTER (WHERE e.at <= k.at) AS known_from,
       min(e.at) FILTER (WHERE e.at > k.at) AS known_to
FROM fork k JOIN fact f ON f.branch = k.stands_on AND (f.tenant = 1 OR f.tenant = k.tenant)
CROSS JOIN LATERAL (VALUES (f.known_from), (f.known_to)) AS e (at)
WHERE e.at < 'infinity'
GROUP BY k.branch, k.depth, k.stands_on, f.body, f.tenant
HAVING max(e.at) > max(k.at);

UPDATE state_rows s SET known_from = c.latest
FROM changed c WHERE (s.body, s.tenant, s.branch) = (c.body, c.tenant, c.branch);

CREATE TEMP TABLE shown ON COMMIT DROP AS
WITH series AS (
    SELECT DISTINCT ON (c.reader, c.depth, f.body, f.attribute, f.value_key, f.tenant, f.source)
           c.reader, c.depth, c.branch AS line, c.known_from AS since, c.known_to AS until, f.*
    FROM changed c JOIN fork n ON n.branch = c.reader AND n.depth >= c.depth
    JOIN fact f ON f.body = c.body AND f.tenant = c.tenant AND f.branch = n.stands_on
               AND f.known_from <= n.at AND f.known_to > n.at
    WHERE c.known_from IS NOT NULL AND f.valid_from <= now()
    ORDER BY c.reader, c.depth, f.body, f.attribute, f.value_key, f.tenant, f.source, n.depth,
             f.valid_from DESC
), resolved AS (
    SELECT DISTINCT ON (s.reader, s.depth, s.body, s.attribute, s.value_key, s.tenant, s.label) s.*,
           CASE WHEN w.sources IS NULL THEN coalesce(a.rank, o.rank)
                ELSE coalesce(array_position(w.sources, s.source) - 1,
                              1000 + coalesce(a.rank, o.rank)) END AS rank
    FROM series s JOIN source o ON o.id = s.source
    LEFT JOIN authority a ON a.attribute = s.attribute AND a.source = s.source
    LEFT JOIN own_authority w ON w.tenant = s.tenant AND w.attribute = s.attribute
         AND w.known_to = 'infinity'
    WHERE NOT s.ended
    ORDER BY s.reader, s.depth, s.body, s.attribute, s.value_key, s.tenant, s.label,
             (s.basis = 'j') DESC, rank, (s.tenant <> 1) DESC,
             s.confidence DESC, s.valid_from DESC, s.source
)
SELECT DISTINCT ON (r.body, r.tenant, r.line, r.label, r.until)
       r.body, r.tenant, r.line, r.label, r.until, r.since, b.kind, max(r.change) AS change,
       min(r.text) FILTER (WHERE t.name = 'name') AS name,
       coalesce(min(r.text) FILTER (WHERE t.name = 'region'),
                min(r.text) FILTER (WHERE t.name = 'province')) AS region,
       string_agg(r.text, ' ') FILTER (WHERE t.name IN
           ('name', 'short_name', 'former_name', 'brand', 'english_name', 'code', 'stock',
            'credit_code', 'file_number')) AS words,
       array_agg(r.text) FILTER (WHERE t.name = 'industry' AND r.text IS NOT NULL) AS industries,
       jsonb_object_agg(replace(t.name, '/', '|') || '/' || r.value_key, jsonb_build_object(
           'i', r.id, 'v', coalesce(to_jsonb(r.number), to_jsonb(r.text)),
           'r', r.ref, 's', r.source, 'c', r.confidence, 'b', r.basis, 'n', r.tenant, 'a', r.rank,
           'f', CASE WHEN r.valid_from = '-infinity' THEN NULL ELSE r.valid_from END,
           'p', r.precision, 'k', r.known_from, 'l', r.label, 'u', r.unit, 'd', r.data))
           AS attributes
FROM resolved r JOIN body b ON b.id = r.body JOIN attribute t ON t.id = r.attribute
GROUP BY r.reader, r.depth, r.line, r.body, r.tenant, r.label, r.since, r.until, b.kind;

INSERT INTO former_state (body, tenant, branch, label, kind, change, as_of, name, region,
                          attributes, known_from, known_to, west, south, east, north)
SELECT s.body, s.tenant, s.line, s.label, s.kind, s.change, now(), s.name, s.region, s.attributes,
       s.since, s.until, w.west, w.south, w.east, w.north
FROM shown s LEFT JOIN (VALUES (-180, -90, 180, 90)) AS w (west, south, east, north)
  ON s.attributes @? '$.*.d.coordinates' OR s.attributes @? '$.*.d.v.coordinates'
  OR s.attributes @? '$.*.d.geometries' OR s.attributes @? '$.*.d.v.geometries';
-- In a branch a row that everybody may read hides those of the lines it stands on.
INSERT INTO former_state (body, tenant, branch, label, kind, change, as_of, attributes, known_from,
                          known_to)
SELECT DISTINCT body, tenant, branch, 0::smallint, 0, 0::bigint, now(), '{}'::jsonb, known_from, known_to
FROM changed WHERE branch <> 0 AND known_from IS NOT NULL
ON CONFLICT DO NOTHING;
UPDATE state_rows SET kind = 0 WHERE branch <> 0 AND attributes = '{}';
ALTER TABLE fact FORCE ROW LEVEL SECURITY;
ALTER TABLE body FORCE ROW LEVEL SECURITY;
ALTER TABLE branch FORCE ROW LEVEL SECURITY;
ALTER TABLE own_authority FORCE ROW LEVEL SECURITY;
ALTER TABLE fork FORCE ROW LEVEL SECURITY;
ALTER TABLE state_rows FORCE ROW LEVEL SECURITY;
