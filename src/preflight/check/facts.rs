//! What judgements go by: what is known of both servers, how the plan fared, and what the servers answered.
use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};

use super::{finding::Found, meeting::Meeting, tried::Tried};
use crate::{
    config::{Settings, Side},
    error::{Context as _, Error, ErrorKind, Result},
    pg::{QualifiedName, ServerVersion},
    session::Session,
};

/// What every setting would be without those that our sessions pin: the server's, the database's, the role's.
const SETTINGS: &str = "SELECT name, reset_val AS value FROM pg_catalog.pg_settings";

const STANDING: &str = "SELECT r.rolname AS login, r.rolsuper AS superuser, r.rolcreaterole AS creates_roles, \
     r.rolreplication OR r.rolsuper AS replicates, \
     extract(epoch FROM pg_catalog.clock_timestamp())::pg_catalog.float8 AS clock \
     FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";

/// What is known of a server and our role there, whatever is asked.
#[derive(Debug)]
pub(super) struct SideFacts {
    pub(super) version: ServerVersion,
    /// Whether the database is there; otherwise another one of the server answered.
    pub(super) exists: bool,
    pub(super) is_local: bool,
    pub(super) is_tls: bool,
    pub(super) in_hot_standby: bool,
    pub(super) standing: Standing,
    /// Seconds by which the server's clock is ahead of ours.
    pub(super) ahead: f64,
    pub(super) meeting: Meeting,
    settings: HashMap<String, String>,
}

/// Our role.
#[derive(Debug, Deserialize)]
pub(super) struct Standing {
    pub(super) login: String,
    pub(super) superuser: bool,
    pub(super) creates_roles: bool,
    pub(super) replicates: bool,
    /// The server's clock, in seconds since 1970.
    clock: f64,
}

#[derive(Deserialize)]
struct Setting {
    name: String,
    value: Option<String>,
}

impl SideFacts {
    pub(super) async fn read(session: &Session, exists: bool, meeting: Meeting) -> Result<Self> {
        let before = now();
        let standing: Vec<Standing> = session.query_json(STANDING).await?;
        let standing = standing.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("the {} does not know our role", session.side()))
        })?;
        let ahead = standing.clock - f64::midpoint(before, now());
        let settings: Vec<Setting> = session.query_json(SETTINGS).await?;
        Ok(Self {
            version: session.version(),
            exists,
            is_local: session.is_local(),
            is_tls: session.is_tls(),
            in_hot_standby: session.in_hot_standby(),
            standing,
            ahead,
            meeting,
            settings: settings
                .into_iter()
                .map(|setting| (setting.name, setting.value.unwrap_or_default()))
                .collect(),
        })
    }

    /// What a setting is for new sessions; `None` if this version has none of that name, or our role may not see it.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    /// The same, of a number in the setting's own unit.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.setting(name)?.parse().ok()
    }

    /// Whether a switch is known to be off.
    pub(super) fn is_off(&self, name: &str) -> bool {
        self.setting(name) == Some("off")
    }
}

fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|since| since.as_secs_f64()).unwrap_or_default()
}

/// All that a judgement knows.
pub(super) struct Facts<'a> {
    pub(super) settings: &'a Settings,
    pub(super) source: &'a SideFacts,
    pub(super) target: &'a SideFacts,
    pub(super) tried: &'a Tried,
    /// What source and target answered to the check's own query: the JSON of each row.
    pub(super) rows: [&'a [String]; 2],
}

/// A row of most queries: an object, or a relation by its name, and a word about it.
#[derive(Debug, Deserialize)]
struct Listed {
    object: Option<String>,
    schema: Option<String>,
    name: Option<String>,
    detail: Option<String>,
}

impl Facts<'_> {
    /// The answers of a side.
    pub(super) fn rows<T: DeserializeOwned>(&self, side: Side) -> Result<Vec<T>> {
        let rows = match side {
            Side::Source => self.rows[0],
            Side::Target => self.rows[1],
        };
        let read = |row: &String| {
            serde_json::from_str(row)
                .map_err(|error| Error::new(ErrorKind::Internal, "an answer cannot be read").caused_by(error))
        };
        rows.iter().map(read).collect::<Result<_>>().context(|| side.to_string())
    }

    /// Both sides.
    pub(super) fn sides(&self) -> [(Side, &SideFacts); 2] {
        [(Side::Source, self.source), (Side::Target, self.target)]
    }

    /// The objects of a side's answers, as far as they are selected.
    pub(super) fn objects(&self, side: Side) -> Result<Vec<String>> {
        let rows: Vec<Listed> = self.rows(side)?;
        Ok(rows.into_iter().filter(|row| self.is_selected(row)).map(Listed::text).collect())
    }

    /// One finding that names the objects of a side's answers, if there are any.
    pub(super) fn list(&self, side: Side, found: &str) -> Result<Vec<Found>> {
        let objects = self.objects(side)?;
        let some = !objects.is_empty();
        Ok(some.then(|| Found::new(found).objects(objects)).into_iter().collect())
    }

    fn is_selected(&self, row: &Listed) -> bool {
        match (&row.schema, &row.name) {
            (Some(schema), Some(name)) => self.settings.selection.table(schema, name).is_some(),
            (Some(schema), None) => self.settings.selection.schema_selected(schema),
            _ => true,
        }
    }
}

impl Listed {
    fn text(self) -> String {
        let name = match (self.object, self.schema, self.name) {
            (Some(object), _, _) => object,
            (None, Some(schema), Some(name)) => QualifiedName::new(&schema, &name).to_string(),
            (None, _, name) => name.unwrap_or_default(),
        };
        match self.detail.filter(|detail| !detail.is_empty()) {
            Some(detail) => format!("{name} ({detail})"),
            None => name,
        }
    }
}

/// A finding or none.
#[expect(clippy::unnecessary_wraps, reason = "it is what a judgement gives")]
pub(super) fn when(is_so: bool, found: impl FnOnce() -> Found) -> Result<Vec<Found>> {
    Ok(is_so.then(found).into_iter().collect())
}
