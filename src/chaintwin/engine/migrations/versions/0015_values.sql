-- Bodies are found by a number, or by a short text of an attribute that an IRI names. Row security lets
-- an index be used only with operators that cannot leak, which those of jsonb and numeric are not.
-- NaN marks what the index cannot tell: a list, one of several values, a long text.
CREATE TABLE state_value (
    attribute integer NOT NULL,
    number double precision,
    text text COLLATE "C",
    body bigint NOT NULL,
    tenant integer NOT NULL,
    label smallint NOT NULL
);
ALTER TABLE state_rows NO FORCE ROW LEVEL SECURITY;
INSERT INTO state_value (attribute, number, text, body, tenant, label)
SELECT DISTINCT t.id,
    CASE WHEN p.is_text THEN NULL
         WHEN p.key = '' AND p.type = 'number' THEN
             CASE WHEN p.said::numeric = 0 THEN 0
                  WHEN abs(p.said::numeric) BETWEEN 1e-300 AND 1e300 THEN p.said::float8
                  ELSE 'NaN' END
         ELSE 'NaN' END,
    CASE WHEN p.is_text THEN p.said END, n.body, n.tenant, n.label
FROM state_rows n CROSS JOIN LATERAL jsonb_each(n.attributes) AS e
CROSS JOIN LATERAL (
    SELECT s.*, s.key = '' AND s.type = 'string' AND length(s.said) <= 200 AS is_text
    FROM (SELECT split_part(e.key, '/', 1) AS name, split_part(e.key, '/', 2) AS key,
                 jsonb_typeof(e.value -> 'v') AS type, e.value ->> 'v' AS said) AS s
) AS p
JOIN attribute t ON t.name = replace(p.name, '|', '/')
WHERE n.branch = 0 AND p.name NOT IN ('ngsi:type', 'ngsi:scope')
  AND (position(':' in p.name) > 0 OR p.type = 'number'
       OR (p.type = 'null' AND e.value -> 'd' ? 'ngsi'));
ALTER TABLE state_rows FORCE ROW LEVEL SECURITY;

CREATE INDEX state_value_number ON state_value (attribute, number, body) INCLUDE (tenant, label)
    WHERE number IS NOT NULL;
CREATE INDEX state_value_text ON state_value (attribute, text, body) INCLUDE (tenant, label)
    WHERE text IS NOT NULL;
CREATE INDEX state_value_body ON state_value (body, tenant);
ALTER TABLE state_value ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON state_value FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]));
CREATE POLICY writers ON state_value FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON state_value FOR DELETE USING (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, DELETE ON state_value TO chaintwin_app;
