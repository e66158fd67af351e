//! The image's file system in a chroot, as its user: nothing is there but what the image has, and what every runtime brings.
//!
//! The binary is the one under test, with the libraries it needs; `PGMIGRATE_STATIC=FILE` takes a static one as it is,
//! as the image does (`make image-check` builds it).
use std::{
    env, fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Output, id},
};

use crate::support::{
    database::Database,
    root,
    server::{Server, script},
};

/// Who the image says we are.
const USER: u32 = 65532;

/// What the last stage of the Containerfile has to say for this test to be about it.
const STAGE: &str = "COPY --from=build /image/root/ /
COPY --from=build --chown=65532:65532 /image/user/ /
ENV HOME=/work
# Plan, state, log and report are written here: mount a volume that outlives the container, or there is nothing to resume.
WORKDIR /work
USER 65532:65532
EXPOSE 9187
ENTRYPOINT [\"/pgmigrate\"]
";

/// It is removed at the end.
struct Image {
    dir: PathBuf,
}

impl Image {
    /// It takes root, and `unshare` of util-linux.
    fn build() -> Option<Self> {
        let asked = Command::new("unshare")
            .args(["--root=/", "--wd=/", "--setgid=65532", "--setuid=65532", "true"])
            .output();
        if !asked.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no root, or no unshare, here");
            return None;
        }
        let dir = env::temp_dir().join(format!("pgmigrate-image-{}", id()));
        let layers = dir.join("layers");
        let binary = env::var("PGMIGRATE_STATIC");
        let (how, binary) = match &binary {
            Ok(binary) => (&["--static"][..], &**binary),
            Err(_) => (&[][..], env!("CARGO_BIN_EXE_pgmigrate")),
        };
        let arguments = [how, &[binary, layers.to_str().expect("UTF-8")]].concat();
        script("image-root.sh", &arguments);
        let work = layers.join("root/work");
        fs::rename(layers.join("user/work"), &work).expect("the user's layer over root's");
        chown(&work, Some(USER), Some(USER)).expect("its owner");
        // The runtime's part; a name that is nowhere else.
        fs::write(layers.join("root/etc/hosts"), "127.0.0.1 localhost db.example\n").expect("hosts");
        Some(Self { dir })
    }

    fn root(&self) -> PathBuf {
        self.dir.join("layers/root")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("unshare");
        command.arg(format!("--root={}", self.root().display())).args([
            "--wd=/work",
            "--setgid=65532",
            "--setuid=65532",
        ]);
        command.arg("/pgmigrate").args(arguments).env_clear().env("HOME", "/work");
        command.output().expect("unshare")
    }

    /// It must end well; what it printed.
    fn runs(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.dir));
    }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .expect("a directory")
        .flatten()
        .map(|entry| entry.file_name().display().to_string())
        .collect();
    names.sort();
    names
}

#[test]
fn the_image_is_enough_for_a_migration() {
    let containerfile = fs::read_to_string(root().join("Containerfile")).expect("Containerfile");
    assert!(containerfile.ends_with(STAGE), "the last stage is another:\n{containerfile}");
    assert!(containerfile.contains("scripts/image-root.sh --static"), "{containerfile}");
    let Some(image) = Image::build() else { return };
    let (source, target) = (Server::main("source"), Server::main("target"));
    let database = Database::with(
        &source,
        "CREATE TABLE item AS SELECT n, n::text AS note FROM generate_series(1, 5000) n",
    );
    let copy = Database::absent(&target);

    assert!(image.runs(&["version"]).contains(env!("CARGO_PKG_VERSION")));
    let [from, to] = [&database, &copy].map(|database| database.uri().replace("127.0.0.1", "db.example"));
    assert!(image.runs(&["schema", "--source", &from]).contains("CREATE TABLE public.item"));
    let ends = ["--source", &from, "--target", &to];
    image.runs(&[&["migrate"], &ends[..]].concat());
    image.runs(&[&["verify"], &ends[..]].concat());
    assert_eq!(copy.count("item"), 5000);

    let work = image.root().join("work");
    assert_eq!(names(&work), ["pgmigrate.log", "plan.tsv", "report.json", "state.tsv", "verify.tsv"]);
    for name in names(&work) {
        let file = fs::metadata(work.join(&name)).expect("a file");
        assert_eq!((file.uid(), file.mode() & 0o777), (USER, 0o600), "{name}");
    }
    let nobody = image.run(&["schema", "--source", "host=nobody.invalid user=me dbname=x connect_timeout=5"]);
    assert_eq!(nobody.status.code(), Some(3), "{nobody:?}");
}
