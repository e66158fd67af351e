-- since: 16
-- Rules of its own.
CREATE COLLATION own_rules (provider = icu, locale = 'en', rules = '&a < ''g'' <<< b');
CREATE TABLE ruled (a text COLLATE own_rules);
