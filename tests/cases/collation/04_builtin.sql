-- since: 17
-- The builtin provider.
CREATE COLLATION builtin_c (provider = builtin, locale = 'C');
CREATE COLLATION builtin_utf8 (provider = builtin, locale = 'C.UTF-8');
CREATE TABLE built_in (a text COLLATE builtin_utf8);
