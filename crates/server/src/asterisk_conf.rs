//! asterisk.conf: where things are, and how the server runs.

use crate::entity_id::EntityId;
use conf::{Diagnostic, Disk, List, Settings as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the installed default configuration is, then where the reference server's is.
const FOLDERS: [&str; 2] = ["/etc/switchroom", "/etc/asterisk"];
const NAME: &str = "asterisk.conf";

/// The section [directories]. Relative folders are taken from the folder of asterisk.conf.
#[derive(Clone, Debug, conf::Settings)]
pub(crate) struct Directories {
    /// The configuration; the folder of asterisk.conf if not said.
    #[setting(name = "astetcdir", default = ".")]
    pub(crate) configuration: PathBuf,
    /// Generated secrets and other state.
    #[setting(name = "astvarlibdir", default = "/var/lib/asterisk")]
    pub(crate) state: PathBuf,
    /// The database.
    #[setting(name = "astdbdir", default = "/var/lib/asterisk")]
    pub(crate) database: PathBuf,
    /// Sounds, in `sounds`.
    #[setting(name = "astdatadir", default = "/var/lib/asterisk")]
    pub(crate) data: PathBuf,
    /// Call records, recordings, mailboxes.
    #[setting(name = "astspooldir", default = "/var/spool/asterisk")]
    pub(crate) spool: PathBuf,
    /// Process id and control socket.
    #[setting(name = "astrundir", default = "/var/run/asterisk")]
    pub(crate) run: PathBuf,
    /// Logs.
    #[setting(name = "astlogdir", default = "/var/log/asterisk")]
    pub(crate) log: PathBuf,
    /// Folders of the reference server that nothing is read from or written to here. The dialplan has them
    /// as variables, as the others: `${ASTAGIDIR}`.
    #[setting(entries, name = "ast*")]
    others: Vec<conf::Entry>,
}

/// The section [options].
#[derive(Clone, Debug, conf::Settings)]
pub(crate) struct Options {
    /// How much is told on the terminal, as -v does.
    pub(crate) verbose: u8,
    /// How much only developers need is told on the terminal, as -d does.
    pub(crate) debug: u8,
    /// Whom to run as once started by root, as -U says.
    #[setting(name = "runuser")]
    pub(crate) user: Option<String>,
    /// The group to run as, as -G says.
    #[setting(name = "rungroup")]
    pub(crate) group: Option<String>,
    /// The node's name, told in every manager event.
    #[setting(name = "systemname")]
    pub(crate) system_name: Option<String>,
    /// What tells this server from all others, as the dialplan has it in `${ENTITYID}`: written as a MAC
    /// address, `00:11:22:33:44:55`; that of its first network card if not said.
    #[setting(name = "entityid")]
    pub(crate) entity_id: Option<EntityId>,
    /// Most channels at a time; 0 is no limit.
    #[setting(name = "maxcalls")]
    pub(crate) max_calls: u32,
    /// The programs, by their full paths, that the dialplan may have run by System and TrySystem; they
    /// get their arguments as they stand, for no shell looks at them.
    #[setting(name = "systemprograms")]
    pub(crate) system_programs: List<String>,
    /// Let managers use dialplan functions that reach beyond calls, and System run whatever a shell
    /// makes of a command.
    #[setting(name = "live_dangerously")]
    pub(crate) live_dangerously: bool,
    /// Threads that serve sessions and signalling; 0 is one for every two cores. Sound has a thread of
    /// its own, and so has whatever waits for disks.
    pub(crate) workers: u16,
    /// Other options of the reference server; they have no effect here.
    #[setting(entries, name = "*")]
    _others: Vec<conf::Entry>,
}

/// The whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct AsteriskConf {
    pub(crate) directories: Directories,
    pub(crate) options: Options,
}

impl AsteriskConf {
    /// Reads the file given with `-C`, or the one found where it should be.
    ///
    /// # Errors
    /// When there is none or it has no meaning.
    pub(crate) fn load(
        given: Option<&Path>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Self, ConfigurationError> {
        let path = given
            .map(Path::to_owned)
            .or_else(find)
            .ok_or(ConfigurationError::Nowhere)?;
        let path = std::path::absolute(&path)
            .map_err(|error| ConfigurationError::Invalid(format!("{}: {error}", path.display())))?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let invalid = |error: conf::Error| {
            ConfigurationError::Invalid(format!("{}: {error}", folder.display()))
        };
        let mut file = conf::load(&Disk::new(folder), &name).map_err(invalid)?;
        diagnostics.append(&mut file.diagnostics);
        let mut read = Self::default();
        if let Some(section) = file.section("directories") {
            read.directories = Directories::read(section, diagnostics);
        }
        if let Some(section) = file.section("options") {
            read.options = Options::read(section, diagnostics);
        }
        read.directories.settle(folder);
        Ok(read)
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    #[error("no asterisk.conf in {} or {}: say where it is with -C FILE", FOLDERS[0], FOLDERS[1])]
    Nowhere,
    #[error("{0}")]
    Invalid(String),
}

impl Directories {
    /// Makes all folders absolute.
    fn settle(&mut self, folder: &Path) {
        for path in [
            &mut self.configuration,
            &mut self.state,
            &mut self.database,
            &mut self.data,
            &mut self.spool,
            &mut self.run,
            &mut self.log,
        ] {
            // Without a look at the disk: it may not be there yet.
            *path = lexically(&folder.join(&*path));
        }
    }
}

impl Directories {
    /// The variables that tell the dialplan where the folders are.
    pub(crate) fn variables(&self) -> BTreeMap<String, Arc<str>> {
        let ours = [
            ("ASTETCDIR", &self.configuration),
            ("ASTVARLIBDIR", &self.state),
            ("ASTDBDIR", &self.database),
            ("ASTDATADIR", &self.data),
            ("ASTSPOOLDIR", &self.spool),
            ("ASTRUNDIR", &self.run),
            ("ASTLOGDIR", &self.log),
        ];
        let ours = ours.map(|(name, path)| (name.to_owned(), path.to_string_lossy().into()));
        let others = self.others.iter();
        others
            .map(|entry| (entry.key.to_ascii_uppercase(), entry.value.as_str().into()))
            .chain(ours)
            .collect()
    }
}

/// The path without `.` and `..`.
fn lexically(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(plain.pop()),
            part @ (std::path::Component::Prefix(_)
            | std::path::Component::RootDir
            | std::path::Component::Normal(_)) => plain.push(part),
        }
    }
    plain
}

/// The file in the source tree this program was built in, else an installed one.
fn find() -> Option<PathBuf> {
    let tree = source_tree().map(|tree| tree.join("etc"));
    let folders = tree.into_iter().chain(FOLDERS.map(PathBuf::from));
    folders
        .map(|folder| folder.join(NAME))
        .find(|file| file.is_file())
}

/// `cargo run` says where the package is; a program started from cargo's target folder lies in it.
fn source_tree() -> Option<PathBuf> {
    if let Some(package) = std::env::var_os("CARGO_MANIFEST_DIR") {
        return Path::new(&package).ancestors().nth(2).map(Path::to_owned);
    }
    let program = std::env::current_exe().ok()?;
    let target = program
        .ancestors()
        .find(|folder| folder.ends_with("target"))?;
    target.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_taken_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("etc/asterisk.conf");
        std::fs::create_dir(folder.path().join("etc")).unwrap();
        std::fs::write(&file, "[directories]\nastrundir => ../state/run\nastlogdir => /log\nastagidir => /agi\n[options]\nverbose = 3\nnocolor = yes\n").unwrap();
        let mut diagnostics = Vec::new();
        let read = AsteriskConf::load(Some(&file), &mut diagnostics).unwrap();
        assert_eq!(read.directories.configuration, folder.path().join("etc"));
        assert_eq!(read.directories.run, folder.path().join("state/run"));
        assert_eq!(read.directories.log, Path::new("/log"));
        let variables = read.directories.variables();
        assert_eq!(&*variables["ASTLOGDIR"], "/log");
        assert_eq!(&*variables["ASTSPOOLDIR"], "/var/spool/asterisk");
        assert_eq!(&*variables["ASTAGIDIR"], "/agi");
        assert_eq!(read.options.verbose, 3);
        assert_eq!(diagnostics, []);
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let error = AsteriskConf::load(
            Some(Path::new("/nonexistent/asterisk.conf")),
            &mut Vec::new(),
        );
        assert!(error.unwrap_err().to_string().contains("no such file"));
    }
}
