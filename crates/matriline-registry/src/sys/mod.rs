//! What differs from one processor to the other.

pub(crate) mod clock;
