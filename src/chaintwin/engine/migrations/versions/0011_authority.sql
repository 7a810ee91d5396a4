-- A place's own orders of authority, kept beside the facts that state them: every state needs them.
CREATE TABLE own_authority (
    tenant integer NOT NULL REFERENCES tenant,
    attribute integer NOT NULL REFERENCES attribute,
    -- Sources by number, the most trusted first.
    sources integer[] NOT NULL,
    body bigint NOT NULL,
    fact bigint NOT NULL,
    change bigint NOT NULL,
    known_from timestamptz NOT NULL,
    known_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (tenant, attribute, known_from)
);
CREATE UNIQUE INDEX own_authority_believed ON own_authority (tenant, attribute)
    WHERE known_to = 'infinity';
ALTER TABLE own_authority ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON own_authority FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]));
CREATE POLICY writers ON own_authority FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY closers ON own_authority FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, UPDATE (known_to) ON own_authority TO chaintwin_app;
