-- The last change that declared or withdrew kinds of a tenant: other processes then read them anew.
CREATE TABLE kind_mark (
    tenant integer PRIMARY KEY,
    change bigint NOT NULL
);
ALTER TABLE kind_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON kind_mark FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]));
CREATE POLICY writers ON kind_mark FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
CREATE POLICY closers ON kind_mark FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, UPDATE ON kind_mark TO chaintwin_app;
