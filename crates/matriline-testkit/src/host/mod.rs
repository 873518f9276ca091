//! An application in memory: a model, presets, and a user interface whose answers a test gives.

mod interface;
mod main_loop;

pub use interface::{MemoryPanel, MemoryProgress, MemoryWindow, ScriptedInterface};
pub use main_loop::MainLoop;

use std::sync::{Arc, Mutex};

use matriline_host::{Feature, Host, Model, PlaterState, PresetBundle, Refused, UserInterface};

/// An application without windows, on whatever thread it is called. What is not set is not there.
#[derive(Default)]
pub struct MemoryHost {
    features: Vec<Feature>,
    model: Mutex<Option<Arc<Model>>>,
    presets: Mutex<Option<Arc<PresetBundle>>>,
    plater: Mutex<Option<PlaterState>>,
    interface: Option<Arc<ScriptedInterface>>,
}

impl MemoryHost {
    /// One that offers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that offers all there is, with an empty model and no presets.
    pub fn with_everything(interface: Arc<ScriptedInterface>) -> Self {
        let host = Self { features: Feature::ALL.to_vec(), interface: Some(interface), ..Self::default() };
        host.set_model(Model::default());
        host.set_presets(PresetBundle::default());
        host.set_plater(PlaterState::default());
        host
    }

    /// Offers beyond what always exists exactly these.
    pub fn offering(mut self, features: &[Feature]) -> Self {
        self.features = features.to_vec();
        self
    }

    /// The model from now on.
    pub fn set_model(&self, model: Model) {
        *self.model.lock().unwrap() = Some(Arc::new(model));
    }

    /// The presets from now on.
    pub fn set_presets(&self, presets: PresetBundle) {
        *self.presets.lock().unwrap() = Some(Arc::new(presets));
    }

    /// What is open from now on.
    pub fn set_plater(&self, plater: PlaterState) {
        *self.plater.lock().unwrap() = Some(plater);
    }
}

impl Host for MemoryHost {
    fn features(&self) -> Vec<Feature> {
        self.features.clone()
    }

    fn model(&self) -> Option<Arc<Model>> {
        self.model.lock().unwrap().clone()
    }

    fn preset_bundle(&self) -> Option<Arc<PresetBundle>> {
        self.presets.lock().unwrap().clone()
    }

    fn plater(&self) -> Option<PlaterState> {
        *self.plater.lock().unwrap()
    }

    fn user_interface(&self) -> Option<Arc<dyn UserInterface>> {
        self.interface.clone().map(|interface| interface as Arc<dyn UserInterface>)
    }

    fn app_language(&self) -> String {
        "en_GB".into()
    }

    /// There is one bundle, `local`; the name `broken` is refused.
    fn reload_local_bundle(&self, bundle_id: &str) -> Result<bool, Refused> {
        match bundle_id {
            "broken" => Err(Refused("The bundle `broken` cannot be read".into())),
            name => Ok(name == "local"),
        }
    }
}
