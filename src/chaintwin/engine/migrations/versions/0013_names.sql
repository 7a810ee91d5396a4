-- Firms are found by former, brand and English names as well: what is held of them already joins
-- the words of its body. Traditional characters among them are found after `chaintwin rebuild`.
ALTER TABLE state_rows NO FORCE ROW LEVEL SECURITY;
UPDATE state_rows s SET search_text = coalesce(s.search_text, '') || w.words,
    terms = coalesce(s.terms, '') || array_to_tsvector(w.terms)
FROM (
    SELECT n.body, n.tenant, n.branch, n.label, n.words, array_agg(DISTINCT t.term) AS terms
    FROM (
        SELECT r.body, r.tenant, r.branch, r.label, lower(regexp_replace(
            normalize(string_agg(e.value ->> 'v', ' '), NFKC), '[\s()（）·・,，.。\-—_/]+', '', 'g')) AS words
        FROM state_rows r CROSS JOIN LATERAL jsonb_each(r.attributes) AS e
        WHERE split_part(e.key, '/', 1) IN ('former_name', 'brand', 'english_name')
        GROUP BY r.body, r.tenant, r.branch, r.label
    ) AS n
    CROSS JOIN LATERAL (
        SELECT substr(n.words, at, size) AS term
        FROM generate_series(1, length(n.words)) AS at, generate_series(1, 2) AS size
    ) AS t
    WHERE n.words <> ''
    GROUP BY n.body, n.tenant, n.branch, n.label, n.words
) AS w
WHERE (s.body, s.tenant, s.branch, s.label) = (w.body, w.tenant, w.branch, w.label);
ALTER TABLE state_rows FORCE ROW LEVEL SECURITY;
