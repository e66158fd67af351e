//! The chaos harness: migrations under faults chosen by chance, resumed until they end, and judged.
//!
//! `make chaos RUNS=200 SEED=7` runs many; `RUN=31` with the same seed repeats one. A run's faults, up to three, follow from seed and number
//! alone; when exactly a moment comes is the machine's. After each fault the obstacle is taken away, and the last `--resume` meets none: it
//! must end with 0 and leave an equal copy and nothing else (see [`verdict`]).
//!
//! Counts go to stderr and to `chaos.json` in the target directory; the directory and the target database of a run that
//! was wrong are kept.
mod attempt;
mod disk;
mod fault;
mod network;
mod rng;
mod scene;
mod tally;
mod verdict;
mod whole;

use std::{
    env, fs, mem,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use pgmigrate::policy::EXIT_CODES;

use self::{
    attempt::{Attempt, attempt},
    fault::{Blow, Extent, Fault, LABELS},
    rng::Rng,
    scene::{Scene, Side, Stage},
    tally::Tally,
    verdict::Before,
};
use crate::support::{server::main_version, target_dir};

/// Exit codes that a fault from outside never explains: differences, a wrong configuration, a fault of ours.
const NEVER: [i32; 3] = [1, 2, 70];

/// The first version with all that the database holds and the harness asks for.
const OLDEST: u32 = 13;

/// A few runs, so that the harness stays in order: a kill, a crash of the target, a bad network and a failpoint.
#[test]
fn a_few_faults() {
    if main_version() < OLDEST {
        return eprintln!("skipped: the database of the chaos runs needs server {OLDEST}");
    }
    let tally = repeat(1, &[0, 2, 3, 8], |_| ());
    assert!(tally.violations.is_empty(), "{tally}\n{:#?}", tally.violations);
}

/// Many; for `make chaos`.
#[test]
#[ignore = "takes as long as it is asked to: make chaos"]
fn faults_by_chance() {
    let number = |name: &str| {
        env::var(name).ok().filter(|text| !text.is_empty()).map(|text| text.parse().expect(name))
    };
    let seed = number("SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let runs: Vec<u64> = match number("RUN") {
        Some(run) => vec![run],
        None => (0..number("RUNS").unwrap_or(100)).collect(),
    };
    // After each run: who interrupts it has the counts.
    let save = |tally: &Tally| {
        fs::write(target_dir().join("chaos.json"), tally.json(seed)).expect("a file");
    };
    let tally = repeat(seed, &runs, save);
    eprintln!("{tally}");
    assert!(tally.violations.is_empty(), "seed {seed}: {:#?}", tally.violations);
}

fn repeat(seed: u64, runs: &[u64], after_each: impl Fn(&Tally)) -> Tally {
    let began = Instant::now();
    let scene = Scene::prepare();
    if scene.disk.is_none() {
        eprintln!("skipped: no disk is filled, for that takes root and a tmpfs");
    }
    let before = Before::of(&scene);
    let extent = undisturbed(&scene, &before);
    let mut tally = Tally::default();
    for run in runs {
        let story = Story::of(seed, *run, extent, scene.disk.is_some());
        tally.runs += 1;
        // Where the harness itself gives up, the other runs go on.
        let wrong = catch_unwind(AssertUnwindSafe(|| story.tell(&scene, &before, &mut tally)));
        let wrong = wrong.unwrap_or_else(|_| vec!["the harness gave up (see above)".to_owned()]);
        tally.time = began.elapsed();
        let verdict = if wrong.is_empty() { "ok" } else { "WRONG" };
        let ends = mem::take(&mut tally.ends).join(", ");
        eprintln!("seed {seed} run {run}: {}; {ends}; {verdict}", story.title());
        for line in wrong {
            eprintln!("  {line}");
            tally.violations.push((*run, line));
        }
        after_each(&tally);
    }
    tally
}

/// How long a run takes that nothing befalls, and how many steps it has.
fn undisturbed(scene: &Scene, before: &Before) -> Extent {
    let stage = scene.stage("chaos_mover", false, false);
    let began = Instant::now();
    let attempt = attempt(&stage, None, false).unwrap_or_else(|told| panic!("{told}"));
    let time = began.elapsed();
    attempt.outcome.assert_code(0);
    let extent = Extent { time, steps: stage.workspace.steps_done() };
    assert_eq!(before.judge(&stage), Vec::<String>::new(), "an undisturbed run");
    eprintln!("undisturbed: {} ms, {} steps", time.as_millis(), extent.steps);
    extent
}

/// A run's faults and the role that migrates.
#[derive(Debug)]
struct Story {
    blows: Vec<Blow>,
    role: &'static str,
}

impl Story {
    fn of(seed: u64, run: u64, extent: Extent, has_disk: bool) -> Self {
        let mut rng = Rng::of_run(seed, run);
        let possible: Vec<_> =
            LABELS.iter().copied().filter(|label| has_disk || *label != "disk full").collect();
        let turn = usize::try_from(run % possible.len() as u64).expect("a place in a list");
        let mut blows = vec![Blow::choose(possible[turn], &mut rng, extent)];
        while blows.len() < 3 && rng.percent(35) {
            let label = rng.pick(&possible);
            blows.push(Blow::choose(label, &mut rng, extent));
        }
        let needs_mover = blows.iter().any(|blow| blow.fault.spares_superusers());
        let role = if needs_mover || rng.percent(50) { "chaos_mover" } else { "postgres" };
        Self { blows, role }
    }

    fn title(&self) -> String {
        let told = |blow: &Blow| format!("{:?} at {:?} for {:?}", blow.fault, blow.moment, blow.hold);
        format!("{}: {}", self.role, self.blows.iter().map(told).collect::<Vec<_>>().join(", then "))
    }

    /// Runs it; what was wrong.
    fn tell(&self, scene: &Scene, before: &Before, tally: &mut Tally) -> Vec<String> {
        let crashes = self.blows.iter().any(|blow| blow.fault == Fault::Crash(Side::Source));
        let fills = self.blows.iter().any(|blow| matches!(blow.fault, Fault::FullDisk(_)));
        let stage = scene.stage(self.role, crashes, fills);
        let wrong = match self.reach_the_end(&stage, tally) {
            Ok(()) => before.judge(&stage),
            Err(told) => vec![told],
        };
        if !wrong.is_empty() {
            eprintln!("kept: {} and {}", stage.workspace.dir.display(), stage.copy.uri());
            mem::forget(stage);
        }
        wrong
    }

    fn reach_the_end(&self, stage: &Stage<'_>, tally: &mut Tally) -> Result<(), String> {
        let blows = self.blows.iter().map(Some).chain([None]);
        for (number, blow) in blows.enumerate() {
            let attempt = attempt(stage, blow, number > 0)?;
            tally.ends.push(attempt.outcome.status.to_string());
            if let Some(blow) = blow {
                tally.count(blow.label, &attempt);
            }
            if attempt.outcome.status.success() {
                return Ok(());
            }
            must_be_explained(blow, &attempt)?;
            tally.resumes += 1;
        }
        Err("it does not end".to_owned())
    }
}

/// An end other than 0 has a fault at work, and a code that is documented and names no fault of ours.
fn must_be_explained(blow: Option<&Blow>, attempt: &Attempt) -> Result<(), String> {
    let killed = blow.is_some_and(|blow| matches!(blow.fault, Fault::Signal(_) | Fault::Failpoint(_)));
    let explained = match attempt.outcome.status.code() {
        None => killed,
        Some(code) => !NEVER.contains(&code) && EXIT_CODES.iter().any(|(known, _)| i32::from(*known) == code),
    };
    if explained && attempt.at_work {
        Ok(())
    } else {
        Err(format!("ends without a reason\n{}", attempt.outcome))
    }
}
