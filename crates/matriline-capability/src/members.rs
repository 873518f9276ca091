//! The enumerations that plugins see beside the two of `orca` that have a crate-wide type of their own.

use crate::EnumSpec;
use crate::call::{Answer, Value};

macro_rules! members {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident = $module:literal { $($(#[doc = $member_doc:literal])* $variant:ident = $member:literal),* $(,)? }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[repr(u8)]
            pub enum $name {
                $($(#[doc = $member_doc])* $variant),*
            }

            impl $name {
                /// Its row in the table.
                pub const SPEC: EnumSpec = EnumSpec {
                    doc: concat!($($doc),*),
                    python_module: $module,
                    class: stringify!($name),
                    members: &[$($member),*],
                };

                /// Every member, in the order of their numbers.
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];

                /// The name of the Python member.
                pub const fn member(self) -> &'static str {
                    Self::SPEC.members[self as usize]
                }

                /// The member of a number, or `None` for a number that none has.
                pub fn from_number(number: u8) -> Option<Self> {
                    Self::ALL.get(usize::from(number)).copied()
                }
            }

            impl Answer for $name {
                fn of(value: Value<'_>) -> Option<Self> {
                    match value {
                        Value::Number(number) => Self::from_number(u8::try_from(number).ok()?),
                        _ => None,
                    }
                }

                fn failure() -> Self {
                    Self::ALL[0]
                }
            }
        )*

        /// Every enumeration of the table.
        pub const ENUMERATIONS: &[&EnumSpec] = &[$(&$name::SPEC),*];
    };
}

members! {
    /// A step of slicing.
    Step = "slicing" {
        /// The model of an object was cut into layers.
        PosSlice = "posSlice",
        /// The walls of an object were made.
        PosPerimeters = "posPerimeters",
        /// The curling of overhangs of an object was estimated.
        PosEstimateCurledExtrusions = "posEstimateCurledExtrusions",
        /// The areas that infill covers were made.
        PosPrepareInfill = "posPrepareInfill",
        /// The infill of an object was made.
        PosInfill = "posInfill",
        /// The ironing of an object was made.
        PosIroning = "posIroning",
        /// The contours of an object were shaped.
        PosContouring = "posContouring",
        /// The supports of an object were made.
        PosSupportMaterial = "posSupportMaterial",
        /// The overhangs that the nozzle must be lifted over were found.
        PosDetectOverhangsForLift = "posDetectOverhangsForLift",
        /// The paths of an object were simplified.
        PosSimplifyPath = "posSimplifyPath",
        /// The wipe tower of a print was made.
        PsWipeTower = "psWipeTower",
        /// The skirt and the brim of a print were made.
        PsSkirtBrim = "psSkirtBrim",
        /// The G-code was written to a file, which may be edited in place.
        PsGCodePostProcess = "psGCodePostProcess",
    }

    /// What happens in the application.
    LifecycleEvent = "" {
        /// A new project was begun.
        NewProject = "NewProject",
        /// A project was opened.
        ProjectOpened = "ProjectOpened",
        /// A project will be saved.
        ProjectBeforeSave = "ProjectBeforeSave",
        /// A project was saved.
        ProjectAfterSave = "ProjectAfterSave",
        /// A project was closed.
        ProjectClosed = "ProjectClosed",
        /// A project has unsaved changes, or has none any more.
        ProjectDirtyChanged = "ProjectDirtyChanged",
        /// Slicing has begun.
        SliceStarted = "SliceStarted",
        /// The geometry of a slice is done.
        SliceGeometryFinished = "SliceGeometryFinished",
        /// The export of G-code has begun.
        GCodeExportStarted = "GCodeExportStarted",
        /// The export of G-code has ended.
        GCodeExportFinished = "GCodeExportFinished",
        /// All of a slicing job has ended.
        SlicingJobComplete = "SlicingJobComplete",
        /// An object was added.
        ObjectAdded = "ObjectAdded",
        /// An object was deleted.
        ObjectDeleted = "ObjectDeleted",
        /// An object was moved, turned or scaled.
        ObjectTransformed = "ObjectTransformed",
        /// An object was changed.
        ObjectChanged = "ObjectChanged",
        /// An object was renamed.
        ObjectRenamed = "ObjectRenamed",
        /// A plate was added.
        PlateCreated = "PlateCreated",
        /// A plate was deleted.
        PlateDeleted = "PlateDeleted",
        /// A plate was selected.
        PlateSelected = "PlateSelected",
        /// A plate was renamed.
        PlateRenamed = "PlateRenamed",
        /// A preset was selected.
        PresetSelected = "PresetSelected",
        /// A preset was saved.
        PresetSaved = "PresetSaved",
        /// The state of a print on a printer changed.
        PrintStateChanged = "PrintStateChanged",
        /// A printer can be reached.
        DeviceOnline = "DeviceOnline",
        /// A printer can no longer be reached.
        DeviceOffline = "DeviceOffline",
        /// A printer was found.
        DeviceDiscovered = "DeviceDiscovered",
        /// A printer was selected.
        DeviceSelected = "DeviceSelected",
        /// An upload to a printer has begun.
        UploadStarted = "UploadStarted",
        /// An upload to a printer has ended.
        UploadFinished = "UploadFinished",
        /// A print job has begun.
        PrintJobStarted = "PrintJobStarted",
        /// A print job has ended.
        PrintJobFinished = "PrintJobFinished",
        /// The sending of a job has begun.
        SendJobStarted = "SendJobStarted",
        /// The sending of a job has ended.
        SendJobFinished = "SendJobFinished",
        /// The filaments of a printer were taken over.
        FilamentsSynced = "FilamentsSynced",
        /// The word of an older generation for [`DeviceOnline`](Self::DeviceOnline) and
        /// [`DeviceOffline`](Self::DeviceOffline).
        DeviceOnlineChanged = "DeviceOnlineChanged",
        /// The word of an older generation for [`DeviceOnline`](Self::DeviceOnline).
        DeviceConnected = "DeviceConnected",
        /// The word of an older generation for [`DeviceOffline`](Self::DeviceOffline).
        DeviceDisconnected = "DeviceDisconnected",
    }

    /// How the filaments of a printer are learnt.
    FilamentSyncMode = "printer_agent" {
        /// Not at all.
        None = "None_",
        /// The printer tells of them.
        Subscription = "Subscription",
        /// It is asked for them.
        Pull = "Pull",
    }

    /// How the picture of a printer's camera comes.
    CameraStreamMode = "printer_agent" {
        /// Not at all.
        None = "None_",
        /// As a stream over HTTP.
        Http = "HTTP",
        /// As a stream over HTTPS.
        Https = "HTTPS",
        /// As single pictures over HTTP.
        HttpSnapshot = "HTTP_SNAPSHOT",
        /// As a stream over RTSP.
        Rtsp = "RTSP",
    }

    /// How what an event tells of has ended.
    LifecycleEvtCode = "" {
        /// Well.
        Ok = "Ok",
        /// With an error.
        Error = "Error",
        /// With a warning; a job that was cancelled is one, with the message `cancelled`.
        Warn = "Warn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_their_place() {
        for (number, step) in Step::ALL.iter().enumerate() {
            assert_eq!(Step::from_number(number as u8), Some(*step));
        }
        assert_eq!(Step::PsGCodePostProcess.member(), "psGCodePostProcess");
        assert_eq!(LifecycleEvent::SlicingJobComplete.member(), "SlicingJobComplete");
        assert_eq!(LifecycleEvtCode::from_number(3), None);
    }
}
