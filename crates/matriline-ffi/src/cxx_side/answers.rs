//! What the application answers plugins with: overrides of configurations, permissions, pages, the slice under way.

use std::sync::Arc;
use std::time::Duration;

use cxx::SharedPtr;
use matriline::audit::{Answer, Question, question_text};
use matriline::{CapabilityType, ManagerBuilder, PermissionRequest, PresetConfigs, Slice};

use crate::application::ffi;
use crate::cxx_side::audit::permission_data;

/// The functions that an application gave with its options.
struct Application(SharedPtr<ffi::Application>);

// SAFETY: its members are `const` functions and objects that the application promises to be callable, and destructible,
// on any thread.
unsafe impl Send for Application {}
// SAFETY: as above.
unsafe impl Sync for Application {}

/// The builder with what the application answers; null when it answers nothing.
pub(crate) fn answered_by(
    mut builder: ManagerBuilder,
    application: SharedPtr<ffi::Application>,
    question_limit: Duration,
) -> ManagerBuilder {
    if application.is_null() {
        return builder;
    }
    if ffi::has_preset_configs(&application) {
        builder = builder.preset_configs(Application(application.clone()));
    }
    if ffi::has_permissions(&application) {
        let decider = Application(application.clone());
        builder = builder.permissions(move |request| decider.permits(request));
    }
    if ffi::has_questions(&application) {
        let asked = Application(application.clone());
        builder = builder.questions(move |question| asked.answer(question), question_limit);
    }
    if ffi::has_pages(&application) {
        let pages = Application(application);
        builder = builder.post_to_page(move |id, message| pages.show(id, message));
    }
    builder
}

impl Application {
    fn permits(&self, request: &PermissionRequest) -> bool {
        let wanted: Vec<_> = request.permissions().map(permission_data).collect();
        ffi::permit(&self.0, &request.plugin, &request.name, &wanted)
    }

    fn answer(&self, question: &Question) -> Answer {
        let act = &question.act;
        let text = question_text(question);
        let data = ffi::QuestionData {
            plugin: &act.plugin_key,
            capability: &act.capability,
            event: &act.event,
            category: act.category.as_str(),
            targets: &act.targets,
            can_be_kept: question.can_be_kept,
            text: &text,
        };
        match ffi::answer_question(&self.0, &data) {
            1 => Answer::Once,
            2 => Answer::Always,
            _ => Answer::No,
        }
    }

    fn show(&self, id: &matriline::CapabilityId, message: &str) {
        ffi::show_message(&self.0, id.kind.number(), &id.name, &id.plugin_key, message);
    }
}

impl PresetConfigs for Application {
    fn overrides(&self, kind: CapabilityType) -> Option<String> {
        let mut text = String::new();
        ffi::read_overrides(&self.0, kind.number(), &mut text).then_some(text)
    }

    fn set_overrides(&self, kind: CapabilityType, text: &str) {
        ffi::write_overrides(&self.0, kind.number(), text);
    }
}

struct Export(SharedPtr<ffi::SliceSink>);

// SAFETY: as for `Application`.
unsafe impl Send for Export {}
// SAFETY: as above.
unsafe impl Sync for Export {}

impl Slice for Export {
    fn config_value(&self, key: &str) -> Option<String> {
        let mut value = String::new();
        ffi::slice_value(&self.0, key, &mut value).then_some(value)
    }

    fn cancelled(&self) -> bool {
        ffi::slice_cancelled(&self.0)
    }
}

/// What capabilities may ask of an export; null when the application tells nothing.
pub(crate) fn slice_of(slice: SharedPtr<ffi::SliceSink>) -> Option<Arc<dyn Slice>> {
    (!slice.is_null()).then(|| Arc::new(Export(slice)) as Arc<dyn Slice>)
}
