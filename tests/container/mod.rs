//! What is run in containers, as far as it can be tried without an engine: the files of `compose.yml` fit together, and the
//! image's file system, made by the script that the Containerfile calls, is enough for a migration.
mod compose;
mod image;
