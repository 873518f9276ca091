//! What numbers that come over the border stand for.

use matriline::audit::{GrantKind, Mode};
use matriline::{CapabilityType, ErrorCode, Kind, LifecycleEvent, LifecycleEvtCode, kinds};
use matriline_capability::{AnswerKind, ArgumentKind};
use matriline_refs::{OptionValue, PresetKind};

use crate::boundary::{Fault, Outcome};

/// The type of a capability.
#[inline]
pub(crate) fn capability_type(number: u8) -> Outcome<CapabilityType> {
    CapabilityType::from_number(number).ok_or_else(|| unknown("capability type", number))
}

/// What happens in the application.
pub(crate) fn lifecycle_event(number: u8) -> Outcome<LifecycleEvent> {
    LifecycleEvent::from_number(number).ok_or_else(|| unknown("event", number))
}

/// How what an event tells of has ended.
pub(crate) fn lifecycle_code(number: u8) -> Outcome<LifecycleEvtCode> {
    LifecycleEvtCode::from_number(number).ok_or_else(|| unknown("code of an event", number))
}

/// The kind of a preset.
pub(crate) fn preset_kind(number: u8) -> Outcome<PresetKind> {
    match number {
        0 => Ok(PresetKind::Print),
        1 => Ok(PresetKind::Printer),
        2 => Ok(PresetKind::Filament),
        _ => Err(unknown("preset type", number)),
    }
}

/// The number of a kind of preset.
pub(crate) fn of_preset_kind(kind: PresetKind) -> u8 {
    match kind {
        PresetKind::Print => 0,
        PresetKind::Printer => 1,
        PresetKind::Filament => 2,
    }
}

/// What a method of a declared type takes or gives.
pub(crate) fn value_kind(number: u8) -> Outcome<Kind> {
    VALUE_KINDS.get(usize::from(number)).copied().ok_or_else(|| unknown("kind of a value", number))
}

/// Each at its number.
const VALUE_KINDS: [Kind; 14] = [
    Kind::Unit,
    Kind::Text,
    Kind::File,
    Kind::Json,
    Kind::Number,
    Kind::Real,
    Kind::Flag,
    Kind::Result,
    kinds::Texts::KIND,
    kinds::Meshes::KIND,
    kinds::Model::KIND,
    kinds::Progress::KIND,
    kinds::LifecycleEvent::KIND,
    kinds::LifecycleEventContext::KIND,
];

/// Whether plugins may leave a method out.
pub(crate) fn duty_is_optional(number: u8) -> Outcome<bool> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(unknown("duty", number)),
    }
}

/// What an option holds.
pub(crate) fn option_value(number: u8) -> Outcome<OptionValue> {
    match number {
        0 => Ok(OptionValue::CapabilityName),
        1 => Ok(OptionValue::AgentId),
        _ => Err(unknown("value of an option", number)),
    }
}

/// The number of what an option holds.
pub(crate) fn of_option_value(value: OptionValue) -> u8 {
    match value {
        OptionValue::CapabilityName => 0,
        OptionValue::AgentId => 1,
    }
}

/// How strict the policy is.
pub(crate) fn audit_mode(number: u8) -> Outcome<Mode> {
    Mode::ALL.get(usize::from(number)).copied().ok_or_else(|| unknown("audit mode", number))
}

/// The number of a mode.
pub(crate) fn of_audit_mode(mode: Mode) -> u8 {
    mode as u8
}

/// The list of a permission.
pub(crate) fn permission_kind(number: u8) -> Outcome<GrantKind> {
    GrantKind::ALL.get(usize::from(number)).copied().ok_or_else(|| unknown("permission", number))
}

#[cold]
pub(crate) fn unknown(what: &str, number: u8) -> Box<Fault> {
    let message = format!("No {what} has the number {number}: use one that the header names");
    Fault::new(ErrorCode::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_there_and_back() {
        for number in 0..3 {
            assert_eq!(of_preset_kind(preset_kind(number).unwrap()), number);
        }
        for number in 0..3 {
            assert_eq!(of_audit_mode(audit_mode(number).unwrap()), number);
        }
        for number in 0..5 {
            assert_eq!(permission_kind(number).unwrap() as u8, number);
        }
        for number in 0..2 {
            assert_eq!(of_option_value(option_value(number).unwrap()), number);
        }
    }

    #[test]
    fn values_have_the_numbers_of_the_headers() {
        assert_eq!(value_kind(0).unwrap(), Kind::Unit);
        assert_eq!(value_kind(7).unwrap(), Kind::Result);
        assert_eq!(value_kind(9).unwrap(), kinds::Meshes::KIND);
        assert_eq!(value_kind(13).unwrap(), kinds::LifecycleEventContext::KIND);
        assert!(value_kind(14).is_err());
    }

    #[test]
    fn other_numbers_are_refused() {
        assert!(preset_kind(3).unwrap_err().message.contains("No preset type has the number 3"));
        assert!(option_value(2).is_err());
        assert!(capability_type(200).is_err());
        assert!(audit_mode(3).is_err() && permission_kind(5).is_err());
    }
}
