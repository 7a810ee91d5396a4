-- PostgreSQL uses an index beneath row security only where the policy itself asks for it. So the rows
-- of the current state lie in one partition: asked by its own name it shows only what holds the terms
-- of the setting chaintwin.terms, and the index over terms serves; asked as current_state it shows all
-- that may be read.
ALTER TABLE current_state RENAME TO state_rows;
ALTER TABLE state_rows RENAME CONSTRAINT current_state_pkey TO state_rows_pkey;
ALTER INDEX current_state_terms RENAME TO state_rows_terms;
DROP INDEX current_state_kind, current_state_region;

CREATE TABLE current_state (LIKE state_rows INCLUDING DEFAULTS) PARTITION BY LIST (branch);
ALTER TABLE current_state ATTACH PARTITION state_rows DEFAULT;
ALTER TABLE current_state ADD PRIMARY KEY (body, tenant, branch, label);
CREATE INDEX state_rows_sorted ON state_rows (kind, sort_name, body) INCLUDE (tenant, branch, label);
CREATE INDEX state_rows_region ON state_rows (kind, region) INCLUDE (tenant, branch, label);
-- A page of a province or city is read in the order of names: no function of the region could be the
-- condition of an index beneath row security, so its two beginnings are columns.
ALTER TABLE current_state
    ADD COLUMN province text COLLATE "C" GENERATED ALWAYS AS (left(region, 2)) STORED,
    ADD COLUMN city text COLLATE "C" GENERATED ALWAYS AS (left(region, 4)) STORED;
CREATE INDEX state_rows_province ON state_rows (kind, province, sort_name, body) INCLUDE (tenant, branch, label);
CREATE INDEX state_rows_city ON state_rows (kind, city, sort_name, body) INCLUDE (tenant, branch, label);

ALTER TABLE current_state ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON current_state FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]));
CREATE POLICY writers ON current_state FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY closers ON current_state FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON current_state FOR DELETE USING (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON current_state TO chaintwin_app;
REVOKE INSERT, UPDATE, DELETE ON state_rows FROM chaintwin_app;

CREATE FUNCTION asked_terms() RETURNS tsquery LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('chaintwin.terms', true), '')::tsquery $$;
CREATE POLICY asked ON state_rows AS RESTRICTIVE FOR SELECT USING (terms @@ (SELECT asked_terms()));

-- Bodies are found by every beginning of their region and industry codes as well.
ALTER TABLE state_rows NO FORCE ROW LEVEL SECURITY;
UPDATE state_rows s SET terms = coalesce(s.terms, '') || array_to_tsvector(c.terms)
FROM (
    SELECT r.body, r.tenant, r.branch, r.label, array_agg(DISTINCT p.term) AS terms
    FROM state_rows r CROSS JOIN LATERAL (
        SELECT '@r' || left(r.region, n) AS term FROM generate_series(2, length(r.region)) AS n
        UNION ALL
        SELECT '@i' || left(e.value ->> 'v', n) FROM jsonb_each(r.attributes) AS e
        CROSS JOIN LATERAL generate_series(1, length(e.value ->> 'v')) AS n
        WHERE e.key LIKE 'industry/%'
    ) AS p
    GROUP BY r.body, r.tenant, r.branch, r.label
) AS c
WHERE (s.body, s.tenant, s.branch, s.label) = (c.body, c.tenant, c.branch, c.label);
ALTER TABLE state_rows FORCE ROW LEVEL SECURITY;

-- What begins after it was recorded: all that passing time can bring into force.
CREATE INDEX fact_later ON fact (tenant, valid_from) WHERE valid_from > known_from;
