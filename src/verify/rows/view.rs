//! Materialized views. REFRESH computes them anew, so a source whose view was stale differs from its target rightly.
use super::{
    Comparison, difference,
    form::{Form, Tally},
    pool::{self, Pool, Task},
    relation::Relation,
};
use crate::{error::Result, pg::quote_literal, verify::report::Outcome};

impl Comparison<'_> {
    /// Judges contents that differ by what the view's query gives on the source now.
    pub(super) async fn judge_view(
        &self,
        relation: &Relation<'_>,
        source: Tally,
        target: Tally,
        filtered: bool,
    ) -> Outcome {
        let detail = difference(source, target);
        if filtered {
            return Outcome::Noted {
                detail: format!("{detail}\nonly some rows of its tables may be copied"),
            };
        }
        match self.recompute(relation).await {
            Ok(fresh) if fresh == target => Outcome::Noted {
                detail: format!("{detail}\nthe source's is stale: its query gives the target's"),
            },
            Ok(_) => Outcome::Differs { detail },
            Err(error) => Outcome::Failed { message: error.report() },
        }
    }

    async fn recompute(&self, relation: &Relation<'_>) -> Result<Tally> {
        let side = &self.sides[0];
        let name = quote_literal(&relation.name.to_string());
        let definition = format!("SELECT pg_catalog.pg_get_viewdef({name}::pg_catalog.regclass)");
        // Its session is gone before another one compares.
        let query = side.worker("").await?.one_text(&definition).await?;
        let from = format!("(\n{}\n) fresh", query.trim_end().trim_end_matches(';'));
        let task = Task::new(0, 0, Form::query(relation.hash.as_deref(), None, &from));
        let answers = pool::run(Pool { jobs: 1, ..self.pool(0) }, vec![task], |_, _| {}).await?;
        let failed = |message| crate::error::Error::new(crate::error::ErrorKind::Server, message);
        super::total(&answers, 0).map_err(failed)
    }
}
