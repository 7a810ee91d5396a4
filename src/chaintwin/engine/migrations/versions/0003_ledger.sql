-- One row per change in the log: its own leaf at `start`, then the leaves of its bodies by number.
CREATE TABLE ledger_position (
    tenant integer NOT NULL,
    start bigint NOT NULL,
    change bigint NOT NULL UNIQUE,
    leaves bigint NOT NULL,
    names text[] NOT NULL,
    salt bytea NOT NULL,
    sha256 bytea NOT NULL,
    sm3 bytea NOT NULL,
    PRIMARY KEY (tenant, start)
);
CREATE INDEX ledger_position_names ON ledger_position (tenant) WHERE names <> '{}';
-- The hashes of a tile as far as the tree goes, at most 256.
CREATE TABLE ledger_tile (
    tenant integer NOT NULL,
    level smallint NOT NULL,
    number bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (tenant, level, number)
);
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE TABLE ledger_checkpoint (
    tenant integer NOT NULL,
    size bigint NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (tenant, size)
);
CREATE TABLE ledger_witness (
    tenant integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    key text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    PRIMARY KEY (tenant, name)
);
CREATE TABLE ledger_cosignature (
    tenant integer NOT NULL,
    size bigint NOT NULL,
    witness text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (tenant, size, witness)
);
-- RFC 3161 time-stamps over a checkpoint as the log signed it.
CREATE TABLE ledger_stamp (
    tenant integer NOT NULL,
    size bigint NOT NULL,
    authority text NOT NULL,
    at timestamptz NOT NULL,
    answer bytea NOT NULL,
    PRIMARY KEY (tenant, size, authority)
);
CREATE TABLE ledger_check (
    tenant integer NOT NULL,
    at timestamptz NOT NULL,
    size bigint NOT NULL,
    differences json NOT NULL,
    PRIMARY KEY (tenant, at)
);
DO $$
DECLARE named text;
BEGIN
    FOREACH named IN ARRAY ARRAY['ledger_position', 'ledger_tile', 'ledger_checkpoint', 'ledger_witness', 'ledger_cosignature', 'ledger_stamp', 'ledger_check'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT USING (tenant = ANY ((SELECT readable_tenants())::integer[]))', named);
        EXECUTE format('CREATE POLICY writers ON %I FOR INSERT WITH CHECK (tenant = (SELECT asking_tenant()))', named);
        EXECUTE format('CREATE POLICY growers ON %I FOR UPDATE USING (tenant = (SELECT asking_tenant())) WITH CHECK (tenant = (SELECT asking_tenant()))', named);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO chaintwin_app', named);
    END LOOP;
END $$;
GRANT UPDATE (hashes) ON ledger_tile TO chaintwin_app;
