-- Who is told of changes. The changes themselves and their leaves are the outbox: a cursor per
-- subscription says how far it was served.

CREATE TABLE subscription (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL REFERENCES tenant,
    account bigint REFERENCES account,
    name text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('webhook', 'mqtt', 'stream')),
    renderer text NOT NULL,
    target text NOT NULL DEFAULT '',
    wanted json NOT NULL,
    definition json,
    sealed bytea,
    throttling_s double precision NOT NULL DEFAULT 0 CHECK (throttling_s >= 0),
    interval_s double precision CHECK (interval_s > 0),
    timeout_s double precision CHECK (timeout_s > 0),
    cooldown_s double precision NOT NULL DEFAULT 0 CHECK (cooldown_s >= 0),
    expires_at timestamptz,
    paused_at timestamptz,
    made_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX subscription_tenant ON subscription (tenant);

-- Apart from the subscription, because it moves with every delivery.
CREATE TABLE subscription_progress (
    subscription bigint PRIMARY KEY REFERENCES subscription ON DELETE CASCADE,
    tenant integer NOT NULL,
    cursor jsonb NOT NULL,
    times_sent bigint NOT NULL DEFAULT 0,
    times_failed bigint NOT NULL DEFAULT 0,
    last_notification timestamptz,
    last_success timestamptz,
    last_failure timestamptz,
    failures integer NOT NULL DEFAULT 0,
    last_error json,
    next_at timestamptz
);

-- The latest attempts of each subscription; older ones are removed.
CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL,
    subscription bigint NOT NULL REFERENCES subscription ON DELETE CASCADE,
    at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('sent', 'failed', 'test_sent', 'test_failed')),
    events integer NOT NULL,
    first_change bigint,
    last_change bigint,
    status integer,
    took_ms integer NOT NULL,
    error json
);
CREATE INDEX delivery_subscription ON delivery (subscription, id);

-- Networks that are not open to everybody, to which an office's administrator lets messages go.
CREATE TABLE receiver_network (
    tenant integer NOT NULL REFERENCES tenant,
    network cidr NOT NULL,
    account bigint,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant, network)
);

DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['subscription', 'subscription_progress', 'delivery', 'receiver_network'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY own ON %I USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()))', named);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON subscription, subscription_progress, delivery, receiver_network TO chaintwin_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO chaintwin_app;
