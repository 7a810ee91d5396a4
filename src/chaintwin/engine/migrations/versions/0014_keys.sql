-- The change that made a key, whose leaf in the ledger commits to it. 0: made before leaves did; to
-- all of those together a log commits once.
ALTER TABLE body_key ADD COLUMN change bigint NOT NULL DEFAULT 0;
REVOKE UPDATE (body) ON body_key FROM chaintwin_app;
GRANT UPDATE (body, change) ON body_key TO chaintwin_app;
-- Keys that named another body before, until the change `ended`.
CREATE TABLE past_key (
    scheme text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    tenant integer NOT NULL,
    body bigint NOT NULL,
    change bigint NOT NULL,
    ended bigint NOT NULL,
    PRIMARY KEY (scheme, value, tenant, body)
);
ALTER TABLE past_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON past_key FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]));
CREATE POLICY writers ON past_key FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT ON past_key TO chaintwin_app;
-- An order of authority that ships no more is taken out.
GRANT DELETE ON authority TO chaintwin_app;
