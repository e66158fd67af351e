//! What a restore refuses to do, and what its switches leave out.
use super::{SHOP, back_up, restore};
use crate::support::{cli::Workspace, database::Database, server::Server};

#[test]
fn a_database_that_holds_anything_is_left_alone() {
    let server = Server::main("source");
    let workspace = Workspace::new();
    let directory = back_up(&workspace, &Database::with(&server, SHOP));
    for (made, told) in [
        ("CREATE TABLE mine (id integer)", "table public.mine"),
        ("CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function public.mine()"),
        ("CREATE SCHEMA mine", "schema mine"),
        ("SELECT lo_create(17)", "large object 17"),
        ("CREATE TYPE mine AS ENUM ()", "type public.mine"),
    ] {
        let target = Database::with(&server, made);
        let before = target.fingerprint();
        restore(&workspace, &directory, &target).assert_code(4).says("is not empty").says(told);
        assert_eq!(target.fingerprint(), before);
    }
    let empty = Database::create(&server);
    restore(&workspace, &directory, &empty).assert_code(0);
    assert_eq!(empty.count("shop.sold"), 2000);
}

#[test]
fn what_is_no_backup_is_refused() {
    let server = Server::main("source");
    let workspace = Workspace::new();
    let target = Database::absent(&server);
    restore(&workspace, &workspace.path("nowhere"), &target).assert_code(4).says("has no toc.dat");
    workspace.write("toc.dat", "PGDMP, and then something else");
    restore(&workspace, &workspace.dir, &target).assert_code(4).says("toc.dat");
    assert!(!target.exists());
}

#[test]
fn roles_that_are_missing_are_named_beforehand() {
    let (source, target) = (Server::main("source"), Server::main("target"));
    let (_source, _target) = (source.alone(), target.alone());
    let role = "test_backup_only_here";
    // A migration of another test may have carried it over.
    target.forget_roles(role);
    if !source.has_role(role) {
        source.session().execute(&format!("CREATE ROLE {role}"));
    }
    let database = Database::with(&source, SHOP);
    database.execute(&format!(
        "ALTER TABLE shop.item OWNER TO {role}; ALTER SCHEMA shop OWNER TO {role}; GRANT SELECT ON shop.sold TO {role}"
    ));
    let workspace = Workspace::new();
    let directory = back_up(&workspace, &database);
    let copy = Database::absent(&target);
    restore(&workspace, &directory, &copy).assert_code(4).says(role).says("--no-owner");
    assert!(!copy.exists());
    let arguments =
        ["restore", directory.to_str().unwrap(), "--target", &copy.uri(), "--no-owner", "--no-privileges"];
    workspace.pgmigrate(arguments).run().assert_code(0);
    assert_eq!(copy.value("SELECT relowner::regrole FROM pg_class WHERE relname = 'item'"), "postgres");
    assert_eq!(copy.count("shop.item"), 3000);
}
