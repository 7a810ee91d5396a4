-- Judgements of identity, kept beside the facts that say them: views need them all at once.

CREATE TABLE judgement (
    tenant integer NOT NULL REFERENCES tenant,
    body bigint NOT NULL,
    other bigint NOT NULL CHECK (other > body),
    fact bigint NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('same', 'apart', 'unsure', 'later')),
    ruled boolean NOT NULL,
    weight numeric NOT NULL,
    change bigint NOT NULL,
    -- The change that first ruled so: one that took a later ruling back says it again.
    origin bigint NOT NULL,
    known_from timestamptz NOT NULL,
    known_to timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (body, fact)
);
CREATE INDEX judgement_believed ON judgement (tenant) WHERE known_to = 'infinity';
CREATE INDEX judgement_other ON judgement (other);
CREATE INDEX judgement_origin ON judgement (tenant, origin) WHERE ruled;

-- The last change that judged, so that every process reads anew; and up to which change of one's own
-- and of the public tenant new bodies were looked at.
CREATE TABLE judgement_mark (
    tenant integer PRIMARY KEY REFERENCES tenant,
    change bigint NOT NULL DEFAULT 0,
    seen_own bigint NOT NULL DEFAULT 0,
    seen_public bigint NOT NULL DEFAULT 0
);

DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['judgement', 'judgement_mark'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]))', named);
        EXECUTE format('CREATE POLICY writers ON %I FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()))', named);
        EXECUTE format('CREATE POLICY closers ON %I FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()))', named);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON judgement, judgement_mark TO chaintwin_app;
