//! What is to be done when something happens.

use matriline_capability::capability_type;

use crate::kinds::{LifecycleEvent, LifecycleEventContext, Result};

capability_type! {
    /// Does something when something happens.
    pub Automation = "automation", "automation" AutomationPluginCapabilityBase {
        /// Does what is to be done at the event; skips one that does not matter to it.
        fn execute(event: LifecycleEvent, ctx: LifecycleEventContext) -> Result;
    }
}
