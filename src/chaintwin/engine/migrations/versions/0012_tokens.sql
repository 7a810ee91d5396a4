-- Access tokens: how a program asks for a person without the password. Only a digest is kept.
CREATE TABLE access_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL REFERENCES tenant,
    account bigint NOT NULL REFERENCES account,
    name text NOT NULL,
    beginning text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    may_write boolean NOT NULL,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX access_token_account ON access_token (account);

-- As with sessions: the token handed over opens that one row before the tenant is known.
ALTER TABLE access_token ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON access_token USING (
    tenant = (SELECT asking_tenant())
    OR encode(token_hash, 'hex') = current_setting('chaintwin.token', true));
GRANT SELECT, INSERT, UPDATE (used_at, revoked_at) ON access_token TO chaintwin_app;
GRANT USAGE ON SEQUENCE access_token_id_seq TO chaintwin_app;
