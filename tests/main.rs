//! Integration tests: one program, a module per theme.
