-- JSON-LD contexts that the open API keeps for its callers; each tenant has its own.
CREATE TABLE ngsi_context (
    tenant integer NOT NULL REFERENCES tenant,
    id text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    kind text NOT NULL CHECK (kind IN ('Hosted', 'Cached', 'ImplicitlyCreated')),
    body json NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX ngsi_context_address ON ngsi_context (tenant, address);
ALTER TABLE ngsi_context ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON ngsi_context USING (tenant = (SELECT asking_tenant()))
    WITH CHECK (tenant = (SELECT asking_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON ngsi_context TO chaintwin_app;

-- Entities may have several types; a body has one kind.
CREATE INDEX current_state_types ON current_state
    USING gin ((attributes -> 'ngsi:type/' -> 'd' -> 'types'))
    WHERE attributes ? 'ngsi:type/';
-- Pages of a query go by number within a kind.
CREATE INDEX current_state_kind_body ON current_state (kind, body);
