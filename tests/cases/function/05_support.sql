-- since: 12
-- A support function, built in and its own.
CREATE FUNCTION own_support(internal) RETURNS internal LANGUAGE internal AS 'textlike_support';
CREATE FUNCTION a_supported(text) RETURNS boolean LANGUAGE sql SUPPORT own_support AS 'SELECT true';
CREATE FUNCTION b_supported(text) RETURNS text LANGUAGE sql SUPPORT textlike_support AS 'SELECT ''x''';
