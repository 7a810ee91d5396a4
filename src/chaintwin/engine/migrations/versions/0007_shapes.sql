-- The box around every geometry of the current state. Row security lets an index be used only with
-- operators that cannot leak, which comparisons of numbers are and the overlap of boxes is not.
CREATE TABLE body_shape (
    body bigint NOT NULL,
    tenant integer NOT NULL,
    branch integer NOT NULL DEFAULT 0,
    label smallint NOT NULL,
    kind integer NOT NULL,
    attribute text COLLATE "C" NOT NULL,
    value_key text COLLATE "C" NOT NULL,
    west double precision NOT NULL,
    south double precision NOT NULL,
    east double precision NOT NULL,
    north double precision NOT NULL,
    PRIMARY KEY (body, tenant, branch, label, attribute, value_key)
);
CREATE INDEX body_shape_box ON body_shape USING gist (kind, west, east, south, north);
ALTER TABLE body_shape ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON body_shape FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]));
CREATE POLICY writers ON body_shape FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY removers ON body_shape FOR DELETE USING (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, DELETE ON body_shape TO chaintwin_app;
