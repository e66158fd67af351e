//! The program under test, run as a user would, in a directory of its own.
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio, id},
    sync::atomic::{AtomicU32, Ordering},
    thread::JoinHandle,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{database::Database, wait_for};

/// A directory in which the program runs: config, plan, state, log and report lie there. It is removed at the end of
/// a test that passes.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) dir: PathBuf,
}

/// A command line to be.
#[derive(Debug)]
pub(crate) struct Invocation {
    command: Command,
    line: String,
}

/// A program under way.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    line: String,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    line: String,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// A new directory.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("run-{}-{}", id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        if dir.exists() {
            fs::remove_dir_all(&dir).expect("the rest of an old test");
        }
        fs::create_dir_all(&dir).expect("a directory to run in");
        Self { dir }
    }

    /// A file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        fs::write(self.path(name), text).expect("a file");
        self
    }

    /// Reads a file; empty if it isn't there.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read(self.path(name))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Writes `config.yaml`: both ends, and whatever else is given.
    pub(crate) fn config(&self, source: &str, target: &str, rest: &str) -> &Self {
        let yaml = |uri: &str| uri.replace('\'', "''");
        let text = format!(
            "source: {{ conninfo: '{}' }}\ntarget: {{ conninfo: '{}' }}\n{rest}\n",
            yaml(source),
            yaml(target)
        );
        self.write("config.yaml", &text)
    }

    /// The names of all files in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.dir).expect("the directory");
        entries.flatten().map(|entry| entry.file_name().display().to_string()).collect()
    }

    /// `pgmigrate <arguments>`, in this directory, with nothing of the user's environment.
    pub(crate) fn pgmigrate<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Invocation {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pgmigrate"));
        command.current_dir(&self.dir).env_clear().env("HOME", &self.dir).stdin(Stdio::null());
        for kept in ["PATH", "LLVM_PROFILE_FILE", "RUST_BACKTRACE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        arguments.into_iter().fold(Invocation { command, line: "pgmigrate".to_owned() }, Invocation::arg)
    }

    /// A line of shell, in which `$PGMIGRATE` is the program.
    pub(crate) fn shell(&self, script: &str) -> Invocation {
        let mut command = Command::new("sh");
        command.current_dir(&self.dir).env_clear().env("HOME", &self.dir).stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("PGMIGRATE", env!("CARGO_BIN_EXE_pgmigrate")).args(["-c", script]);
        Invocation { command, line: script.to_owned() }
    }

    /// A subcommand with `--config config.yaml`.
    pub(crate) fn with_config(&self, subcommand: &str) -> Invocation {
        self.pgmigrate([subcommand, "--config", "config.yaml"])
    }

    /// A subcommand with `--source` and `--target`.
    pub(crate) fn between(&self, subcommand: &str, source: &Database, target: &Database) -> Invocation {
        self.pgmigrate([subcommand, "--source", &source.uri(), "--target", &target.uri()])
    }

    /// How many steps `state.tsv` calls done.
    pub(crate) fn steps_done(&self) -> usize {
        self.read("state.tsv").lines().filter(|line| line.ends_with("\tDONE")).count()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("files of the run: {}", self.dir.display());
        } else if let Err(error) = fs::remove_dir_all(&self.dir) {
            eprintln!("{}: {error}", self.dir.display());
        }
    }
}

impl Invocation {
    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.line = format!("{} {}", self.line, argument.as_ref().display());
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<const N: usize>(self, arguments: [&str; N]) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it.
    pub(crate) fn spawn(mut self) -> Running {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.line));
        let stdout = gather(child.stdout.take().expect("a pipe"));
        let stderr = gather(child.stderr.take().expect("a pipe"));
        Running { child, line: self.line, stdout, stderr }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        self.spawn().wait()
    }
}

fn gather(mut pipe: impl std::io::Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the program's output");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Running {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal; it may have ended.
    pub(crate) fn signal(&mut self, signal: Signal) {
        if !self.ended() {
            kill_process(Pid::from_child(&self.child), signal).expect("a signal to a child");
        }
    }

    /// Whether it has ended.
    pub(crate) fn ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_some()
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it (SIGKILL) as soon as a condition holds; `false` if it ended before.
    pub(crate) fn kill_when(mut self, what: &str, mut condition: impl FnMut() -> bool) -> bool {
        let mut ended = false;
        wait_for(what, || {
            ended = self.ended();
            ended || condition()
        });
        if !ended {
            self.child.kill().expect("a child to kill");
        }
        self.child.wait().expect("a child");
        !ended
    }

    /// Sends it a signal as soon as a condition holds; it must not have ended before.
    pub(crate) fn signal_when(mut self, signal: Signal, mut condition: impl FnMut() -> bool) -> Self {
        let mut ended = false;
        wait_for("the moment for a signal", || {
            ended = self.ended();
            ended || condition()
        });
        if ended {
            let outcome = self.wait();
            panic!("it ended before it was sent a signal\n{outcome}");
        }
        kill_process(Pid::from_child(&self.child), signal).expect("a signal to a child");
        self
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Outcome {
        wait_for(&format!("the end of {}", self.line), || self.ended());
        let status = self.child.wait().expect("a child");
        let (stdout, stderr) = (self.stdout.join().expect("text"), self.stderr.join().expect("text"));
        Outcome { line: self.line, status, stdout, stderr }
    }
}

impl Outcome {
    /// The outcome if it ended with this code, else all that it said.
    pub(crate) fn check(&self, code: i32) -> Result<&Self, String> {
        if self.status.code() == Some(code) {
            Ok(self)
        } else {
            Err(format!("expected exit code {code}\n{self}"))
        }
    }

    /// It must have ended with this code.
    pub(crate) fn assert_code(&self, code: i32) -> &Self {
        self.check(code).unwrap_or_else(|told| panic!("{told}"))
    }

    /// It must have said this, wherever.
    pub(crate) fn says(&self, text: &str) -> &Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(said, "nothing says `{text}`\n{self}");
        self
    }

    /// It must have said this to stderr.
    pub(crate) fn stderr_contains(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "stderr doesn't say `{text}`\n{self}");
        self
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, status, stdout, stderr } = self;
        write!(f, "{line}\n{status}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
