-- since: 15
-- Unlogged sequences: on their own, and a logged one owned by an unlogged table; identities of the other persistence than their tables.
CREATE UNLOGGED SEQUENCE quick;
CREATE UNLOGGED TABLE u (id serial, i integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE u_id_seq SET LOGGED;
INSERT INTO u SELECT FROM generate_series(1, 3);
SELECT nextval('quick');
CREATE TABLE logged_i (i integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE logged_i_i_seq SET UNLOGGED;
CREATE UNLOGGED TABLE unlogged_i (i integer GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE unlogged_i_i_seq SET LOGGED;
