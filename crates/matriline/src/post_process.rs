//! Post-processing an export: the capabilities that a preset names, in its order, over one G-code file; those of
//! `orca.gcode` first, then those of `orca.slicing`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use matriline_capability::{
    CallError, CapabilityId, CapabilityType, ExecutionResult, GcodeCapability, GcodeContext, Slice,
    SlicingCapability, Status, Typed,
};
use matriline_python::identity;
use matriline_refs::{ResolvedValue, resolve_values};
use matriline_registry::Entry;

use crate::{Error, PluginManager, slicing};

/// An export that is to be post-processed.
#[derive(Clone, Copy, Debug)]
pub struct PostProcess<'a> {
    /// The G-code file.
    pub source: &'a Path,
    /// Whether a copy is edited, `<source>.pp`. Without one, a run that fails leaves `source` half-edited.
    pub make_copy: bool,
    /// Where the G-code goes: `File` for an export.
    pub host: &'a str,
    /// The name the output will have.
    pub output_name: &'a str,
    /// The names of the capabilities, in order. A name that stands twice runs twice.
    pub post_process_plugin: &'a [String],
    /// The names of the slicing capabilities that take part in this last step, in order.
    pub slicing_pipeline_plugin: &'a [String],
    /// What slicing capabilities may ask: the whole print configuration, and whether the export is cancelled. Without
    /// it every option is unknown to them.
    pub slice: Option<&'a Arc<dyn Slice>>,
    /// The references of the preset. Without them no name is resolved.
    pub plugins: Option<&'a [String]>,
}

/// A capability that was run.
#[derive(Clone, Debug)]
pub struct PostProcessStep {
    /// Which.
    pub id: CapabilityId,
    /// What it answered.
    pub outcome: Result<ExecutionResult, Error>,
    /// How long it took.
    pub elapsed: Duration,
}

impl PluginManager {
    /// Runs the capabilities over the file, and tells `report` of each, a failing one included. Answers the file that
    /// was edited, by its absolute path, or `None` when the setting names nothing.
    ///
    /// Of several references to a name the one that [`resolve`](Self::resolve) judges is run
    /// ([`matriline_refs::choose_reference`]). A name that no reference resolves, or whose capability is not loaded or is disabled, is skipped with a warning
    /// in the log; an application that wants to refuse asks [`resolve`](Self::resolve) first.
    ///
    /// # Errors
    /// A capability that raises, fails or deletes the file ends the run with [`Error::PostProcess`]; the copy is
    /// removed. A recoverable error is a failure of post-processing, and a warning of slicing. [`Error::File`] when the
    /// source cannot be copied, [`Error::ExportCancelled`] when `slice` says so. A plugin that raised is unloaded.
    ///
    /// Threads: any; the slicing thread as a rule. `report` runs on it, without the GIL.
    pub fn run_post_process_plugins(
        &self,
        job: &PostProcess<'_>,
        report: &mut dyn FnMut(&PostProcessStep),
    ) -> Result<Option<PathBuf>, Error> {
        let names = job.post_process_plugin.iter().chain(job.slicing_pipeline_plugin);
        if names.into_iter().all(String::is_empty) {
            return Ok(None);
        }
        // A plugin may change the folder of the process, so that a relative path would lead elsewhere afterwards.
        let source = std::path::absolute(job.source).map_err(|cause| Error::File {
            act: "found",
            path: job.source.into(),
            cause: Arc::new(cause),
        })?;
        let working = match job.make_copy {
            true => WorkingFile::copy_of(&source)?,
            false => WorkingFile { path: source, is_copy: false },
        };
        self.logged(|| self.run_over(&working.path, job, report))?;
        Ok(Some(working.keep()))
    }

    fn run_over(
        &self,
        path: &Path,
        job: &PostProcess<'_>,
        report: &mut dyn FnMut(&PostProcessStep),
    ) -> Result<(), Error> {
        let gcode_path = path.to_str().ok_or_else(|| {
            let cause = std::io::Error::other("its path is not UTF-8, which plugins cannot be given");
            Error::File { act: "post-processed", path: path.into(), cause: Arc::new(cause) }
        })?;
        let context = GcodeContext {
            orca_version: self.application_version(),
            gcode_path,
            host: job.host,
            output_name: job.output_name,
        };
        self.run_names(
            job.post_process_plugin,
            CapabilityType::PostProcessing,
            path,
            job,
            report,
            |entry| <dyn GcodeCapability>::view(entry.capability()).execute(&context),
        )?;
        let context = slicing::export_context(&context, job.slice);
        self.run_names(
            job.slicing_pipeline_plugin,
            CapabilityType::SlicingPipeline,
            path,
            job,
            report,
            |entry| <dyn SlicingCapability>::view(entry.capability()).execute(&context),
        )
    }

    /// Runs the capabilities of one setting.
    fn run_names(
        &self,
        names: &[String],
        kind: CapabilityType,
        path: &Path,
        job: &PostProcess<'_>,
        report: &mut dyn FnMut(&PostProcessStep),
        run: impl Fn(&Entry) -> Result<ExecutionResult, CallError>,
    ) -> Result<(), Error> {
        for value in resolve_values(names, job.plugins, Some(kind), self.loader()) {
            let Some(entry) = self.find(&value, kind) else { continue };
            if job.slice.is_some_and(|slice| slice.cancelled()) {
                return Err(Error::ExportCancelled { path: path.into() });
            }
            let begun = Instant::now();
            let outcome = run(&entry).map_err(Error::from);
            let step = PostProcessStep { id: entry.id().clone(), outcome, elapsed: begun.elapsed() };
            identity::host_call(|| report(&step));
            let failure = failure_of(&step, path);
            if let Err(error @ Error::Call(CallError::Raised { .. })) = &step.outcome {
                self.loader().unload_failed(&step.id.plugin_key, error);
            }
            failure.map_or(Ok(()), Err)?;
        }
        Ok(())
    }

    fn find(&self, value: &ResolvedValue<'_>, kind: CapabilityType) -> Option<Arc<Entry>> {
        let skip = |name: &str, why: &str| {
            tracing::warn!(target: "matriline::post_process", "{} plugin `{name}` is skipped: {why}", title(kind));
            None
        };
        let reference = match value {
            ResolvedValue::Unresolved { value } => {
                return skip(value, "no reference of the preset resolves it");
            }
            ResolvedValue::Resolved(reference) => reference,
        };
        let name = reference.capability_name;
        match self.loader().plugin_capability_by_name(reference.plugin_key(), kind, name) {
            None => skip(name, "its plugin is not loaded, or has no such capability"),
            Some(entry) if !entry.gate().is_enabled() => skip(name, "it is disabled"),
            found => found,
        }
    }
}

/// How messages about a capability begin.
fn title(kind: CapabilityType) -> &'static str {
    match kind {
        CapabilityType::SlicingPipeline => "Slicing pipeline",
        _ => "Post-processing",
    }
}

/// What a step means for the export.
fn failure_of(step: &PostProcessStep, path: &Path) -> Option<Error> {
    let CapabilityId { kind, name, plugin_key: plugin } = &step.id;
    let (plugin, title) = (plugin.as_str(), title(*kind));
    let is_slicing = *kind == CapabilityType::SlicingPipeline;
    let fail = |message: String, status, raised| {
        Some(Error::PostProcess { id: step.id.clone(), message, status, raised })
    };
    let failed = |what: &str, problem: &str| match is_slicing {
        true => format!("{title} plugin '{name}' error: {problem}"),
        false => format!("{title} plugin {name} {what}.\nError: {problem}"),
    };
    match &step.outcome {
        Err(error) => {
            let message = match error.raised() {
                Some(raised) => failed("raised an exception", &format!("{}{}", raised.kind, raised.suffix())),
                None => failed("failed", &error.to_string()),
            };
            fail(message, None, error.raised().cloned().map(Box::new))
        }
        Ok(result) if result.status == Status::FatalError || (result.status.is_error() && !is_slicing) => {
            fail(failed("failed", &result.message), Some(result.status), None)
        }
        Ok(result) if !path.exists() => {
            let message = format!(
                "{title} plugin {name} was expected to modify the G-code file `{}` in place, but the G-code file was deleted",
                path.display()
            );
            fail(message, Some(result.status), None)
        }
        Ok(result) => {
            match (result.status, result.message.as_str()) {
                (Status::RecoverableError, message) => {
                    tracing::warn!(target: "matriline::post_process", plugin, "{}", failed("failed", message));
                }
                (_, "") => {}
                (status, message) => {
                    let done = if status == Status::Skipped { "skipped" } else { "done" };
                    tracing::info!(target: "matriline::post_process", plugin, "{name} {done}: {message}");
                }
            }
            None
        }
    }
}

/// The file that is edited. A copy is removed unless it is kept.
struct WorkingFile {
    path: PathBuf,
    is_copy: bool,
}

impl WorkingFile {
    fn copy_of(source: &Path) -> Result<Self, Error> {
        let mut path = OsString::from(source);
        path.push(".pp");
        let working = Self { path: path.into(), is_copy: true };
        working.remove();
        match std::fs::copy(source, &working.path) {
            Ok(_) => Ok(working),
            Err(cause) => Err(Error::File { act: "copied", path: source.into(), cause: Arc::new(cause) }),
        }
    }

    fn keep(mut self) -> PathBuf {
        self.is_copy = false;
        std::mem::take(&mut self.path)
    }

    /// An older copy, or one that nobody wants, goes; that there is none is fine.
    fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Drop for WorkingFile {
    fn drop(&mut self) {
        if self.is_copy {
            self.remove();
        }
    }
}
