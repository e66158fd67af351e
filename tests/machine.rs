//! What servers tell about the machine they run on: all of it to who may read its files, and nothing fails without.
use pgmigrate::{
    config::{Endpoint, Environment, Overrides, Settings},
    plan::Machine,
    preflight::{read_machine, read_machine_under_snapshot},
    session::Session,
};

use crate::support::{
    database::Database,
    server::{Server, versions},
};

fn endpoint(uri: &str) -> Endpoint {
    let uri = Some(uri.to_owned());
    let overrides = Overrides { source: uri.clone(), target: uri, ..Overrides::default() };
    Settings::load(&overrides, &Environment::of_process()).unwrap().source
}

fn read(uri: &str, under_snapshot: bool) -> Machine {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let session = Session::connect(&endpoint(uri), "test", "test").await.unwrap();
        if !under_snapshot {
            return read_machine(&session).await;
        }
        let snapshot = session.export_snapshot().await.unwrap();
        let machine = read_machine_under_snapshot(&session).await.unwrap();
        // The snapshot can still be imported.
        let other = Session::connect(&endpoint(uri), "test", "test").await.unwrap();
        let import =
            format!("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '{snapshot}'; COMMIT");
        other.execute(&import).await.unwrap();
        machine
    })
}

#[test]
fn every_version_tells_a_superuser() {
    for major in versions() {
        let server = Server::start("source", major);
        let machine = read(&server.uri("postgres"), true);
        assert!(machine.is_local, "{major}");
        // Server 10 reads no file outside of its directories.
        if cfg!(target_os = "linux") && major > 10 {
            let processors = u32::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
            assert!(machine.cores.is_some_and(|cores| cores >= processors), "{major}: {machine:?}");
            assert!(machine.memory.is_some_and(|bytes| bytes > 64 << 20), "{major}: {machine:?}");
            assert!(machine.boot_id.as_ref().is_some_and(|id| id.len() == 36), "{major}: {machine:?}");
            assert!(machine.is_same(&read(&server.uri("postgres"), false)), "{major}");
        }
    }
}

#[test]
fn a_role_without_privileges_learns_nothing_and_nothing_fails() {
    let server = Server::main("source");
    let database = Database::create(&server);
    let role = format!("machine_{}", std::process::id());
    server.session().execute(&format!("CREATE ROLE {role} LOGIN"));
    let machines = [true, false].map(|under_snapshot| read(&database.uri_as(&role, ""), under_snapshot));
    server.session().execute(&format!("DROP ROLE {role}"));
    for machine in machines {
        assert_eq!((machine.memory, machine.boot_id), (None, None));
        // What the server keeps to itself, we know of our own machine.
        assert!(machine.is_local && machine.cores.is_some());
    }
}
