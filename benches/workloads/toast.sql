-- A table whose bytes stand in its TOAST table: 60,000 documents, each with jsonb that compresses (4 kB), a text that
-- compresses well (6 kB) and a bytea that does not (8 kB). About 0.8 GB as stored by pglz.
SELECT setseed(0.42);
CREATE TABLE document (
    document_id bigint PRIMARY KEY,
    owner_id    integer NOT NULL,
    created_at  timestamptz NOT NULL,
    attributes  jsonb NOT NULL,
    body        text NOT NULL,
    signature   bytea NOT NULL
);
ALTER TABLE document ALTER signature SET STORAGE EXTERNAL;
INSERT INTO document
SELECT n, (random() * 5000)::int, timestamptz '2024-01-01' + n * interval '7 min',
       (SELECT jsonb_object_agg('attribute_' || k, md5((n * 61 + k)::text)) FROM generate_series(1, 80) k),
       (SELECT string_agg(md5((n + k)::text) || ' Lorem ipsum dolor sit amet, consectetur adipiscing elit.', ' ')
        FROM generate_series(1, 65) k),
       (SELECT decode(string_agg(md5((n * 257 + k)::text), ''), 'hex') FROM generate_series(1, 512) k)
FROM generate_series(1, 60000) n;
CREATE INDEX document_owner ON document (owner_id, created_at);
