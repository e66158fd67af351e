-- since: 11
CREATE TABLE pubt (id integer PRIMARY KEY);
CREATE PUBLICATION pub_truncate FOR TABLE pubt WITH (publish = 'truncate');
CREATE PUBLICATION pub_no_truncate FOR TABLE pubt WITH (publish = 'insert, update, delete');
