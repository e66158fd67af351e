-- since: 15
-- Unlogged sequences: on their own, and a logged one owned by an unlogged table.
CREATE UNLOGGED SEQUENCE quick;
CREATE UNLOGGED TABLE u (id serial, i integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE u_id_seq SET LOGGED;
INSERT INTO u SELECT FROM generate_series(1, 3);
SELECT nextval('quick');
