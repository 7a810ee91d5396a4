-- Time series of bodies. A series is what one source reports of one measure of one body; a point is
-- its value from one moment on, as it was known from known_from to known_to.

CREATE TABLE series (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL,
    body bigint NOT NULL,
    measure text COLLATE "C" NOT NULL,
    value_key text COLLATE "C" NOT NULL DEFAULT '',
    source integer NOT NULL,
    label smallint NOT NULL CHECK (label BETWEEN 0 AND 4),
    basis "char" NOT NULL CHECK (basis IN ('m', 'r', 'o', 'd', 'x', 'j')),
    change bigint NOT NULL
);
CREATE UNIQUE INDEX series_identity ON series
    (body, tenant, measure, value_key, source, label, basis);

CREATE TABLE point (
    series bigint NOT NULL,
    at timestamptz NOT NULL CHECK (isfinite(at)),
    known_from timestamptz NOT NULL,
    known_to timestamptz NOT NULL DEFAULT 'infinity',
    change bigint NOT NULL,
    tenant integer NOT NULL,
    label smallint NOT NULL CHECK (label BETWEEN 0 AND 4),
    value numeric NOT NULL CHECK (value > '-Infinity' AND value < 'Infinity'),
    original text,
    CHECK (known_from < known_to)
) PARTITION BY RANGE (at);
-- Two believed values of one moment cannot exist.
CREATE UNIQUE INDEX point_series ON point (series, at, known_to);

CREATE FUNCTION keep_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '观测点不可删除,只能结束其记录时间 (points are never deleted)';
    END IF;
    IF OLD.known_to <> 'infinity' OR NEW.known_to = 'infinity'
       OR (NEW.series, NEW.at, NEW.known_from, NEW.change, NEW.tenant, NEW.label, NEW.value)
          <> (OLD.series, OLD.at, OLD.known_from, OLD.change, OLD.tenant, OLD.label, OLD.value)
       OR NEW.original IS DISTINCT FROM OLD.original THEN
        RAISE EXCEPTION '观测点不可修改,只能结束一次其记录时间 (only the end of known time may be set, once)';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_points BEFORE UPDATE OR DELETE ON point
    FOR EACH ROW EXECUTE FUNCTION keep_points();

-- Months from 2020 on, years from 1990 on, all before in one: old figures are few and far between.
CREATE FUNCTION point_period(moment timestamptz, OUT name text, OUT first timestamptz, OUT last timestamptz)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE utc timestamp := moment AT TIME ZONE 'UTC';
BEGIN
    IF utc < '1990-01-01' THEN
        name := 'point_before_1990';
        first := '-infinity';
        last := '1990-01-01 00:00+00';
    ELSIF utc < '2020-01-01' THEN
        name := 'point_' || to_char(utc, 'YYYY');
        first := date_trunc('year', utc) AT TIME ZONE 'UTC';
        last := (date_trunc('year', utc) + interval '1 year') AT TIME ZONE 'UTC';
    ELSE
        name := 'point_' || to_char(utc, 'YYYY_MM');
        first := date_trunc('month', utc) AT TIME ZONE 'UTC';
        last := (date_trunc('month', utc) + interval '1 month') AT TIME ZONE 'UTC';
    END IF;
END $$;

-- The serving role owns no table: this is its only way to a partition, and it makes nothing else.
CREATE FUNCTION ensure_point_partitions(moments timestamptz[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE period record; made integer := 0;
BEGIN
    FOR period IN
        SELECT DISTINCT p.* FROM unnest(moments) AS m, point_period(m) AS p
        WHERE to_regclass('public.' || p.name) IS NULL ORDER BY p.first
    LOOP
        PERFORM pg_advisory_xact_lock(7302, 0);
        CONTINUE WHEN to_regclass('public.' || period.name) IS NOT NULL;
        EXECUTE format('CREATE TABLE public.%I (LIKE public.point INCLUDING ALL)', period.name);
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', period.name);
        -- Attached rather than made as a part: readers and writers of other periods go on.
        EXECUTE format('ALTER TABLE public.point ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            period.name, period.first, period.last);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION ensure_point_partitions(timestamptz[]) FROM PUBLIC;

-- How many points a change opened or closed. Such changes say nothing of facts: whoever looks for
-- what became of facts passes them by.
ALTER TABLE change ADD COLUMN observed bigint NOT NULL DEFAULT 0;
CREATE INDEX change_of_facts ON change (tenant, at) WHERE observed = 0;
CREATE INDEX change_of_points ON change (tenant, at) WHERE observed > 0;

-- Messages of devices that could not be stored: kept until somebody settles them.
CREATE TABLE set_aside (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL,
    digest bytea NOT NULL,
    reason text NOT NULL CHECK (reason IN ('bad', 'unknown_device')),
    device text COLLATE "C",
    topic text NOT NULL,
    payload bytea NOT NULL,
    why json NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times bigint NOT NULL DEFAULT 1,
    settled_at timestamptz,
    UNIQUE (tenant, digest)
);
CREATE INDEX set_aside_device ON set_aside (tenant, device) WHERE settled_at IS NULL;

-- What was answered to a request that named itself: a repetition is answered the same.
CREATE TABLE observation_request (
    tenant integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    at timestamptz NOT NULL,
    answer json NOT NULL,
    PRIMARY KEY (tenant, name)
);

DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['series', 'point'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]) AND label = ANY ((SELECT readable_labels())::smallint[]))', named);
        EXECUTE format('CREATE POLICY writers ON %I FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()))', named);
        EXECUTE format('CREATE POLICY closers ON %I FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()))', named);
    END LOOP;
    FOREACH named IN ARRAY ARRAY['set_aside', 'observation_request'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY own ON %I USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()))', named);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON series, observation_request TO chaintwin_app;
GRANT UPDATE (observed) ON change TO chaintwin_app;
GRANT SELECT, INSERT, UPDATE (known_to) ON point TO chaintwin_app;
GRANT SELECT, INSERT, UPDATE (last_at, times, settled_at) ON set_aside TO chaintwin_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO chaintwin_app;
GRANT EXECUTE ON FUNCTION ensure_point_partitions(timestamptz[]) TO chaintwin_app;
