//! Where a plan is kept: in a file of its own, or as the part of one database in a file of several.
//!
//! ```text
//! id  kind  database  …           ← header
//! plan  PLAN  shop  …  {"format":1,…}
//! pre:0001  SCHEMA_PRE  shop  …
//! plan  PLAN  billing  …          ← the part of the next database begins
//! ```
//! A part without the others is a whole plan, with the same [`Plan::run_id`].
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Plan,
    copy_text::unescape,
    file::{PART_BEGINS, header},
};
use crate::{
    durable,
    error::{Context as _, Error, ErrorKind, Result},
};

/// `plan.tsv`, or a database's part of it.
#[derive(Debug, Clone)]
pub struct PlanFile {
    path: PathBuf,
    /// The target database.
    part: Option<String>,
    /// Held while the file is written anew: each part is written by its own run.
    turn: Arc<Mutex<()>>,
}

impl PlanFile {
    /// A file that holds one plan.
    pub fn whole(path: &Path) -> Self {
        Self { path: path.to_owned(), part: None, turn: Arc::default() }
    }

    /// The part of this target database in the same file. Those that are written at the same time must come from one value.
    #[must_use]
    pub fn part(&self, database: &str) -> Self {
        Self { part: Some(database.to_owned()), ..self.clone() }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a plan.
    pub fn exists(&self) -> Result<bool> {
        match &self.part {
            None => Ok(self.path.exists()),
            Some(part) => Ok(self.read()?.iter().any(|(database, _)| database == part)),
        }
    }

    /// Reads it.
    pub fn load(&self) -> Result<Plan> {
        let Some(part) = &self.part else { return Plan::load(&self.path) };
        let place = || format!("`{}`, database {}", self.path.display(), part);
        let found = self.read()?.into_iter().find(|(database, _)| database == part);
        let (_, text) = found.ok_or_else(|| {
            Error::new(ErrorKind::Plan, format!("`{}` has no plan of {}", self.path.display(), part))
        })?;
        Plan::parse(format!("{}\n{text}", header()).as_bytes()).context(place)
    }

    /// Writes it, whole or not at all; gives its [`Plan::run_id`].
    pub fn save(&self, plan: &Plan) -> Result<String> {
        let Some(part) = &self.part else { return plan.save(&self.path) };
        let run_id = plan.run_id();
        let text = plan.checked_text()?;
        let text = text.strip_prefix(&format!("{}\n", header())).unwrap_or(&text);
        self.replace(part, Some(text))?;
        Ok(run_id)
    }

    /// Takes it away, that nothing goes by it any more.
    pub fn remove(&self) -> Result<()> {
        match &self.part {
            None => Plan::remove(&self.path),
            Some(part) => self.replace(part, None),
        }
    }

    fn replace(&self, part: &str, text: Option<&str>) -> Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut parts = self.read()?;
        let place = parts.iter().position(|(database, _)| database == part);
        match (place, text) {
            (None, None) => return Ok(()),
            (Some(place), None) => _ = parts.remove(place),
            (Some(place), Some(text)) => text.clone_into(&mut parts[place].1),
            (None, Some(text)) => parts.push((part.to_owned(), text.to_owned())),
        }
        let mut whole = format!("{}\n", header());
        whole.extend(parts.into_iter().map(|(_, text)| text));
        durable::write_atomically(&self.path, whole.as_bytes())
    }

    /// The parts of the file with their databases; none if there is no file, or an empty one.
    fn read(&self) -> Result<Vec<(String, String)>> {
        parts_of(&self.path)
    }
}

impl Plan {
    /// The plans of a file, in its order.
    pub fn load_all(path: &Path) -> Result<Vec<Self>> {
        let parts = parts_of(path)?;
        let parse = |(database, text): (String, String)| {
            Self::parse(format!("{}\n{text}", header()).as_bytes())
                .context(|| format!("`{}`, database {database}", path.display()))
        };
        parts.into_iter().map(parse).collect()
    }
}

fn parts_of(path: &Path) -> Result<Vec<(String, String)>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = durable::read(path).map_err(|cause| durable::cannot("read", path).caused_by(cause))?;
    let broken =
        |what: &str| Error::new(ErrorKind::Plan, what.to_owned()).context(format!("`{}`", path.display()));
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let text = String::from_utf8(bytes).map_err(|_| broken("the file is not UTF-8"))?;
    let rest = text.strip_prefix(&format!("{}\n", header()));
    let rest = rest.ok_or_else(|| broken("the columns are not those of a plan"))?;
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in rest.split_inclusive('\n') {
        if let Some(after) = line.strip_prefix(PART_BEGINS) {
            let database = after.split('\t').next().unwrap_or_default();
            let database = unescape(database).map_err(|what| broken(&what))?;
            parts.push((database, String::new()));
        }
        match parts.last_mut() {
            Some((_, text)) => text.push_str(line),
            None => return Err(broken("the row with a plan's metadata is missing")),
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        durable::tests::Scratch,
        plan::{Step, StepKind, file::tests::plan},
    };

    fn of(database: &str) -> Plan {
        let mut plan = plan(vec![Step::new(StepKind::Data, "data:t", database, "t")]);
        database.clone_into(&mut plan.meta.target.database);
        plan
    }

    #[test]
    fn each_database_has_its_part() {
        let scratch = Scratch::new("parts");
        let path = scratch.file("plan.tsv");
        let file = PlanFile::whole(&path);
        let [shop, weird] = ["shop", "we\"ird\tname"].map(|database| file.part(database));
        assert!(!shop.exists().unwrap());
        weird.save(&of("we\"ird\tname")).unwrap();
        let run_id = shop.save(&of("shop")).unwrap();
        assert_eq!((shop.load().unwrap(), run_id), (of("shop"), of("shop").run_id()));
        assert_eq!(weird.load().unwrap(), of("we\"ird\tname"));
        assert_eq!(Plan::load_all(&path).unwrap(), [of("we\"ird\tname"), of("shop")]);
        weird.remove().unwrap();
        assert!(!weird.exists().unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), of("shop").render(), "one part is a plan");
    }

    #[test]
    fn several_plans_are_not_one() {
        let scratch = Scratch::new("parts-several");
        let path = scratch.file("plan.tsv");
        for database in ["a", "b"] {
            PlanFile::whole(&path).part(database).save(&of(database)).unwrap();
        }
        let error = PlanFile::whole(&path).load().unwrap_err().report();
        assert!(error.contains("several databases"), "{error}");
        fs::write(&path, "something else\n").unwrap();
        let error = PlanFile::whole(&path).part("a").exists().unwrap_err().report();
        assert!(error.contains("the columns are not those of a plan"), "{error}");
    }
}
