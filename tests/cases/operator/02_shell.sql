-- A commutator that never came: the operator's statement leaves the same shell.
CREATE SCHEMA op_shell;
CREATE FUNCTION op_shell.f(integer, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR op_shell.<% (PROCEDURE = op_shell.f, LEFTARG = integer, RIGHTARG = text, COMMUTATOR = OPERATOR(op_shell.%>), NEGATOR = OPERATOR(op_shell.<!%));
