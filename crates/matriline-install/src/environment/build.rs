//! Locking, installing, checking.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::process::{Deadline, Ended, run};
use super::store::{BUILDING, Contents, Environment, Known, write_contents};
use super::{BuildControl, EnvironmentError, Environments, Index, Uv, Wanted, check, imports};

/// How far uv may go for what it needs, from near to far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Bundled wheels and local folders.
    Local,
    /// And what an index said earlier.
    Cached,
    /// And what it says now.
    Online,
}

/// Something wanted on its way to an environment.
struct Build<'a> {
    environments: &'a Environments,
    lines: Vec<String>,
    /// Folders of wheels.
    links: Vec<PathBuf>,
    deadline: Deadline,
    control: &'a BuildControl,
}

impl Environments {
    /// The environment for what `plugin` wants: the ready one, or one that is locked, built and checked now. Blocks.
    /// Several may run at once; who wants what another builds, in this process or another one, waits for that.
    ///
    /// What was locked once stays locked: an environment that was collected is built again from its lock, until
    /// [`forget`](Self::forget). A file that has changed since, wherever it comes from, is therefore an error.
    ///
    /// # Errors
    /// Anything of [`EnvironmentError`]. Nothing half-built is ever used.
    pub fn prepare(
        &self,
        plugin: &str,
        wanted: &Wanted,
        control: &BuildControl,
    ) -> Result<Environment, EnvironmentError> {
        let deadline = Deadline::after(self.options.time_limit);
        let lines = wanted.lines(&self.options.target)?;
        let key = self.key(wanted)?;
        self.store.make()?;
        let turn = self.store.turn(&key, deadline, control)?;
        let known = self.store.known(&key);
        if let Some(ready) =
            known.as_ref().and_then(|known| self.store.open(&known.environment).ok().flatten())
        {
            return Ok(ready);
        }
        let build = Build { environments: self, lines, links: self.links(wanted), deadline, control };
        let lock = match known {
            Some(known) => known.lock,
            None => {
                control.report(&format!("Resolving the dependencies of `{plugin}`"));
                build.lock(&key)?
            }
        };
        let environment = build.environment(&lock)?;
        if self.key(wanted)? != key {
            // a bundled wheel was replaced meanwhile, so nobody knows which one is in there
            drop(turn);
            return self.prepare(plugin, wanted, control);
        }
        let known = Known { plugin: plugin.into(), environment: environment.lock_hash().into(), lock };
        self.store.remember(&key, &known)?;
        self.digests.keep();
        Ok(environment)
    }

    /// Forgets what this was locked to, so that the next [`prepare`](Self::prepare) resolves it again, to newer versions
    /// where there are some. The environment itself stays until it is collected.
    ///
    /// # Errors
    /// Those of reading bundled wheels and of removing a file.
    pub fn forget(&self, wanted: &Wanted) -> Result<(), EnvironmentError> {
        self.store.forget(&self.key(wanted)?)
    }

    fn links(&self, wanted: &Wanted) -> Vec<PathBuf> {
        let bundled = wanted.wheels.iter().filter_map(|wheel| wheel.parent());
        let bundled =
            bundled.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        let mut links = Vec::new();
        for folder in bundled.chain(self.options.wheel_folders.iter().map(PathBuf::as_path)) {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
            if !links.contains(&folder) {
                links.push(folder);
            }
        }
        links
    }
}

impl Build<'_> {
    /// Resolves the lines to exact versions with hashes.
    fn lock(&self, key: &str) -> Result<String, EnvironmentError> {
        if self.lines.is_empty() {
            return Ok(String::new());
        }
        let folder = self.begin(key)?;
        let (input, output) =
            (folder.path().join("requirements.in"), folder.path().join("requirements.lock"));
        fs::write(&input, self.lines.join("\n") + "\n").map_err(EnvironmentError::io("written", &input))?;
        // a bundled wheel is enough where it is; else the newest versions are taken, or without a network those known
        let mut reaches = vec![Reach::Local, Reach::Online, Reach::Cached];
        match self.environments.options.index {
            Index::None => reaches.truncate(1),
            _ if self.links.is_empty() => drop(reaches.remove(0)),
            _ => {}
        }
        self.try_each("uv pip compile", "compile", &reaches, folder.path(), |command| {
            command.args(["--generate-hashes", "--no-header", "--no-annotate", "--output-file"]);
            command.arg(&output).arg(&input);
        })?;
        fs::read_to_string(&output).map_err(EnvironmentError::io("read", &output))
    }

    /// The environment of a lock: the one that is there, or a new one; either way what is directly wanted is checked.
    fn environment(&self, lock: &str) -> Result<Environment, EnvironmentError> {
        let Self { environments, deadline, control, .. } = *self;
        let (store, options) = (&environments.store, &environments.options);
        let hash = environments.hash([lock]);
        let place = store.environment(&hash);
        let _turn = store.turn(&hash, deadline, control)?;
        if let Some(found) = store.open(&hash)? {
            let names = check::names(found.imports(), &self.lines);
            let new: Vec<_> = names.into_iter().filter(|name| !found.checked().contains(name)).collect();
            check::import(self.python()?, found.folder(), &new, deadline, control)?;
            return Ok(found);
        }
        // from here on nobody removes what gets this name
        let _hold = store.hold(&hash)?;
        let folder = self.begin(&hash)?;
        let (packages, file) = (folder.path().join("packages"), folder.path().join("requirements.lock"));
        fs::create_dir(&packages).map_err(EnvironmentError::io("made", &packages))?;
        fs::write(&file, lock).map_err(EnvironmentError::io("written", &file))?;
        if !lock.trim().is_empty() {
            control.report("Installing");
            let reaches: &[Reach] = match options.index {
                Index::None => &[Reach::Local],
                _ => &[Reach::Cached, Reach::Online],
            };
            self.try_each("uv pip install", "install", reaches, folder.path(), |command| {
                command.args(["--require-hashes", "--no-deps", "--link-mode", "copy", "--target"]);
                command.arg(&packages).arg("--requirements").arg(&file);
            })?;
            // uv's own lock on its target
            let _ = fs::remove_file(packages.join(".lock"));
        }
        let imports = imports::read(&packages)?;
        let checked = check::names(&imports, &self.lines);
        check::import(self.python()?, &packages, &checked, deadline, control)?;
        write_contents(folder.path(), &Contents { imports, checked })?;
        flush(folder.path()).map_err(EnvironmentError::io("flushed", folder.path()))?;
        if control.is_cancelled() {
            return Err(EnvironmentError::Cancelled);
        }
        if place.exists() {
            // a damaged one: it has the name, and could not be opened
            store.remove(&hash)?;
        }
        fs::rename(folder.path(), &place).map_err(EnvironmentError::io("renamed", folder.path()))?;
        drop(folder.keep());
        let missing = || EnvironmentError::io("opened", &place)(std::io::ErrorKind::NotFound.into());
        store.open(&hash)?.ok_or_else(missing)
    }

    /// A folder to build in, removed again unless it is kept; `id` is locked meanwhile.
    fn begin(&self, id: &str) -> Result<TempDir, EnvironmentError> {
        let folder = self.environments.store.folder();
        let mut builder = tempfile::Builder::new();
        let prefix = format!("{BUILDING}{id}-");
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        builder.tempdir_in(folder).map_err(EnvironmentError::io("written", folder))
    }

    /// Calls uv with one reach after the other until it succeeds. If none does, what the farthest one said counts.
    fn try_each(
        &self,
        step: &'static str,
        act: &str,
        reaches: &[Reach],
        folder: &Path,
        finish: impl Fn(&mut Command),
    ) -> Result<(), EnvironmentError> {
        let options = &self.environments.options;
        let python = self.python()?;
        let uv = Uv::find(options.uv.as_deref(), options.beside.as_deref())?;
        let cache = options.data_dir.join("cache").join("uv");
        let farthest = reaches.iter().max();
        let mut failed = EnvironmentError::Failed { step, code: None, output: String::new() };
        for reach in reaches {
            let mut command = uv.pip(act, &cache, &options.index);
            command.arg("--python").arg(python).current_dir(folder);
            match reach {
                Reach::Local => drop(command.arg("--no-index")),
                Reach::Cached => drop(command.arg("--offline")),
                Reach::Online => {}
            }
            for links in self.links.iter().filter(|links| links.is_dir()) {
                command.arg("--find-links").arg(links);
            }
            finish(&mut command);
            // the complaints of the others are not for people
            let is_farthest = Some(reach) == farthest;
            let quiet = self.control.quiet();
            let control = if is_farthest { self.control } else { &quiet };
            let Ended { status, output } = run(command, step, self.deadline, control)?;
            if status.success() {
                if !is_farthest {
                    output.lines().for_each(|line| self.control.report(line));
                }
                return Ok(());
            }
            if is_farthest {
                failed = EnvironmentError::Failed { step, code: status.code(), output };
            }
        }
        Err(failed)
    }

    fn python(&self) -> Result<&Path, EnvironmentError> {
        let path = &self.environments.options.python;
        match path.is_file() {
            true => Ok(path),
            false => Err(EnvironmentError::NoPython { path: path.clone() }),
        }
    }
}

/// Everything below a folder is on the disk when this returns, so that a power cut leaves no empty files under a
/// good name.
#[cfg(target_os = "linux")]
fn flush(folder: &Path) -> std::io::Result<()> {
    // one call for the whole file system: thousands of small files would each wait for the disk
    Ok(rustix::fs::syncfs(fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => flush(&path)?,
            false => fs::File::options().write(true).open(&path)?.sync_all()?,
        }
    }
    Ok(())
}
