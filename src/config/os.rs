//! What the operating system says: who we are, where our files and the servers' sockets lie.
use std::{fs, path::PathBuf};

use super::Environment;

/// Directories where servers put their sockets by default: Debian's and Red Hat's, and PostgreSQL's own.
pub(super) const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Directories of the system's `pg_service.conf`, where `PGSYSCONFDIR` doesn't name one.
pub(super) const SYSTEM_CONFIGURATION: [&str; 2] = ["/etc/postgresql-common", "/etc/sysconfig/pgsql"];

/// The host where none is given: the directory that has a server's socket for this port, or else
/// the first directory that exists, or else `localhost`.
pub(super) fn default_host(port: u16) -> &'static str {
    let socket = |directory: &&str| PathBuf::from(directory).join(format!(".s.PGSQL.{port}")).exists();
    let directory = |directory: &&str| PathBuf::from(directory).is_dir();
    let mut candidates = SOCKET_DIRECTORIES.iter();
    candidates
        .clone()
        .find(|it| socket(it))
        .or_else(|| candidates.find(|it| directory(it)))
        .copied()
        .unwrap_or("localhost")
}

/// The name of the user who runs the program.
pub(super) fn user_name(environment: &Environment) -> Option<String> {
    let by_variable = || ["USER", "LOGNAME"].iter().find_map(|name| environment.non_empty(name));
    account().map(|account| account.name).or_else(|| by_variable().map(str::to_owned))
}

/// The home directory of the user who runs the program.
pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
    environment.non_empty("HOME").map(PathBuf::from).or_else(|| account().map(|account| account.home))
}

/// The permission bits of a file.
pub(super) fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o777
}

struct Account {
    name: String,
    home: PathBuf,
}

/// Our line of the list of users. `/proc/self` belongs to the effective user, which spares a system call
/// that the standard library lacks; where there is no such thing the environment has to do.
fn account() -> Option<Account> {
    use std::os::unix::fs::MetadataExt as _;
    let uid = fs::metadata("/proc/self").ok()?.uid();
    find_account(&fs::read_to_string("/etc/passwd").ok()?, uid)
}

fn find_account(list: &str, uid: u32) -> Option<Account> {
    let uid = uid.to_string();
    list.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let account = || Account { name: fields[0].to_owned(), home: PathBuf::from(fields[5]) };
        (fields.len() >= 6 && fields[2] == uid).then(account)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_found_by_number() {
        let list = "root:x:0:0:root:/root:/bin/bash\nbroken\nme:x:1000:1000::/home/me:/bin/sh\n";
        let account = find_account(list, 1000).unwrap();
        assert_eq!((account.name.as_str(), account.home), ("me", PathBuf::from("/home/me")));
        assert!(find_account(list, 7).is_none());
    }
}
