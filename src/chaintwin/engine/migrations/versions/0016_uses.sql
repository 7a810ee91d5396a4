-- How many rows of the current state, by kind and told types, have each attribute, and of which type:
-- counted where states are stored. Attribute '' counts the rows themselves.
CREATE TABLE state_use (
    tenant integer NOT NULL,
    label smallint NOT NULL,
    kind integer NOT NULL,
    types jsonb NOT NULL,
    attribute text COLLATE "C" NOT NULL,
    sort text COLLATE "C" NOT NULL,
    bodies bigint NOT NULL,
    PRIMARY KEY (tenant, label, kind, types, attribute, sort)
);
ALTER TABLE state_rows NO FORCE ROW LEVEL SECURITY;
INSERT INTO state_use (tenant, label, kind, types, attribute, sort, bodies)
SELECT r.tenant, r.label, r.kind,
       coalesce(r.attributes -> 'ngsi:type/' -> 'd' -> 'types', 'null'),
       u.attribute, u.sort, count(*)
FROM state_rows r CROSS JOIN LATERAL (
    SELECT '' AS attribute, '' AS sort
    UNION
    SELECT replace(split_part(e.key, '/', 1), '|', '/'),
           CASE WHEN e.value -> 'd' -> 'ngsi' ->> 't' IS NOT NULL
                THEN e.value -> 'd' -> 'ngsi' ->> 't'
                WHEN e.value -> 'r' <> 'null' THEN 'Relationship'
                WHEN e.value -> 'v' <> 'null' THEN 'Property'
                WHEN e.value -> 'd' ? 'coordinates' THEN 'GeoProperty'
                ELSE 'JsonProperty' END
    FROM jsonb_each(r.attributes) AS e
    WHERE e.key NOT IN ('ngsi:type/', 'ngsi:scope/')
) AS u
WHERE r.branch = 0
GROUP BY 1, 2, 3, 4, 5, 6;
ALTER TABLE state_rows FORCE ROW LEVEL SECURITY;

ALTER TABLE state_use ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON state_use FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]));
CREATE POLICY writers ON state_use FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY growers ON state_use FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON state_use FOR DELETE USING (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, DELETE ON state_use TO chaintwin_app;
GRANT UPDATE (bodies) ON state_use TO chaintwin_app;
