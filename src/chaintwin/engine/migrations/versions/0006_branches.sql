-- Branches were declared before anything could make one: the table is empty.
ALTER TABLE branch ADD COLUMN body bigint NOT NULL, ADD COLUMN change bigint NOT NULL,
    ADD CHECK (state IN ('open', 'frozen', 'proposed', 'merged', 'discarded'));

-- What branches hold is found without reading the main line, which these indexes do not burden.
CREATE INDEX fact_branch ON fact (branch, body) WHERE branch <> 0;
CREATE INDEX current_state_branch ON current_state (branch, body) WHERE branch <> 0;
CREATE INDEX change_branch ON change (branch, id) WHERE branch <> 0;
CREATE INDEX change_main ON change (tenant, at) WHERE branch = 0;
