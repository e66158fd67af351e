//! What must hold when a run has ended well, whatever befell it.
use std::collections::BTreeSet;

use crate::support::{
    database::Database,
    server::{Server, literal},
};

use super::scene::{Scene, Stage};

/// What a server holds beside databases; no run may change it.
const STANDING: &str = "
    SELECT 'setting', name, setting FROM pg_settings WHERE source IN ('configuration file', 'global', 'user', 'database')
    UNION ALL SELECT 'role', rolname, format('%s %s %s', rolcanlogin, rolconnlimit, rolsuper) FROM pg_roles
    UNION ALL SELECT 'role setting', coalesce(rolname, datname), setconfig::text FROM pg_db_role_setting
      LEFT JOIN pg_roles r ON r.oid = setrole LEFT JOIN pg_database d ON d.oid = setdatabase
    UNION ALL SELECT 'slot', slot_name, plugin FROM pg_replication_slots
    UNION ALL SELECT 'prepared transaction', gid, database FROM pg_prepared_xacts
    UNION ALL SELECT 'origin', roname, '' FROM pg_replication_origin
    UNION ALL SELECT 'subscription', subname, '' FROM pg_subscription
    ORDER BY 1, 2, 3";

/// Files that a run leaves.
const FILES: [&str; 6] =
    ["config.yaml", "plan.tsv", "state.tsv", "pgmigrate.log", "report.json", "verify.tsv"];

/// What was there before the first run.
#[derive(Debug)]
pub(super) struct Before {
    standing: [BTreeSet<String>; 2],
    databases: [Vec<String>; 2],
}

impl Before {
    pub(super) fn of(scene: &Scene) -> Self {
        Self {
            standing: [standing(&scene.source), standing(&scene.target)],
            databases: [contents(&scene.database), contents(&scene.logged)],
        }
    }

    /// Judges a run that ended with 0: all that is wrong, a line each.
    pub(super) fn judge(&self, stage: &Stage<'_>) -> Vec<String> {
        let scene = stage.scene;
        let mut wrong = sessions_left(stage);
        let expected = &self.databases[usize::from(std::ptr::eq(stage.database, &raw const scene.logged))];
        wrong.extend(differences("source", expected, &contents(stage.database)));
        wrong.extend(differences("target", expected, &contents(&stage.copy)));
        for (what, expected, server) in
            [("source", &self.standing[0], &scene.source), ("target", &self.standing[1], &scene.target)]
        {
            let found = standing(server);
            wrong.extend(expected.symmetric_difference(&found).map(|line| format!("{what} changed: {line}")));
        }
        let verify = stage.command("verify").run();
        if verify.status.code() != Some(0) {
            wrong.push(verify.to_string());
        }
        let left = stage.workspace.files().into_iter().filter(|name| !FILES.contains(&&**name));
        wrong.extend(left.map(|name| format!("file {name} is left")));
        wrong
    }
}

fn standing(server: &Server) -> BTreeSet<String> {
    let rows = server.session().rows(STANDING);
    rows.into_iter().map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" ")).collect()
}

/// The fingerprint of a database, with its sequences and large objects.
fn contents(database: &Database) -> Vec<String> {
    let mut all = database.fingerprint();
    let mut session = database.session();
    // Hashes of enum values differ from database to database, and so do the partitions that the rows of `event` are in.
    all.retain(|line| !(line.starts_with("public.event_") && line.contains(": ")));
    let events = "SELECT count(*) || ' ' || sum(hashtext(e::text)::bigint) FROM event e";
    all.push(format!("public.event: {}", session.value(events)));
    for row in session.rows("SELECT oid::regclass FROM pg_class WHERE relkind = 'S' ORDER BY 1") {
        let name = row[0].clone().expect("a name");
        all.push(format!(
            "{name}: {}",
            session.value(&format!("SELECT row(last_value, is_called) FROM {name}"))
        ));
    }
    let objects = "SELECT format('large object %s: %s %s %s', oid, lomowner::regrole, lomacl, md5(lo_get(oid))) \
                   FROM pg_largeobject_metadata ORDER BY oid";
    all.extend(session.rows(objects).into_iter().filter_map(|mut row| row[0].take()));
    all
}

fn differences(what: &str, expected: &[String], found: &[String]) -> Vec<String> {
    let missing =
        expected.iter().filter(|line| !found.contains(line)).map(|line| format!("{what} lacks {line}"));
    let more = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("{what} has {line}"));
    missing.chain(more).collect()
}

/// Backends of a killed run notice within seconds that it is gone.
fn sessions_left(stage: &Stage<'_>) -> Vec<String> {
    let scene = stage.scene;
    let ends = [(&scene.source, stage.database), (&scene.target, &stage.copy)];
    let mut left = Vec::new();
    for _ in 0..100 {
        left = ends.iter().filter_map(|(server, database)| session_left(server, &database.name)).collect();
        if left.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    left
}

fn session_left(server: &Server, database: &str) -> Option<String> {
    let sql = format!(
        "SELECT format('session left: %s %s %s', application_name, state, query) FROM pg_stat_activity \
         WHERE application_name LIKE 'pgmigrate%' AND datname = {}",
        literal(database)
    );
    server.session().rows(&sql).into_iter().next()?.remove(0)
}
