//! The clock of the call path: a counter of the processor where it runs evenly, else the system's clock.
//!
//! Asking the system takes several times as long as reading the counter. What a tick is worth is measured once, by
//! whoever first wants to know a time in seconds; the path of a call only subtracts.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// A moment on this clock, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

const UNKNOWN: u8 = 0;
const COUNTER: u8 = 1;
const SYSTEM: u8 = 2;

/// Which clock it is; asked once.
static SOURCE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// Now.
#[inline]
pub(crate) fn now() -> Moment {
    match SOURCE.load(Ordering::Relaxed) {
        COUNTER => Moment(counter::read()),
        _ => Moment(not_counted()),
    }
}

impl Moment {
    /// The ticks since then: none where the counter went back, as it may when a machine wakes up.
    #[inline]
    pub fn ticks_since(self) -> u64 {
        now().0.saturating_sub(self.0)
    }
}

/// What a number of ticks is in seconds. The first time it takes half a millisecond.
pub(crate) fn duration(ticks: u64) -> Duration {
    Duration::from_nanos((ticks as f64 * nanoseconds_a_tick()) as u64)
}

/// How many ticks a time takes. The first time it takes half a millisecond.
pub(crate) fn ticks(duration: Duration) -> u64 {
    (duration.as_nanos() as f64 / nanoseconds_a_tick()) as u64
}

#[cold]
fn not_counted() -> u64 {
    if SOURCE.load(Ordering::Relaxed) == UNKNOWN {
        let source = if counter::is_steady() { COUNTER } else { SYSTEM };
        SOURCE.store(source, Ordering::Relaxed);
        return now().0;
    }
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    u64::try_from(ORIGIN.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn nanoseconds_a_tick() -> f64 {
    static RATE: OnceLock<f64> = OnceLock::new();
    *RATE.get_or_init(|| {
        now();
        if SOURCE.load(Ordering::Relaxed) == SYSTEM {
            return 1.0;
        }
        let (began, first) = both();
        std::thread::sleep(Duration::from_micros(500));
        let (ended, last) = both();
        let ticks = last.saturating_sub(first).max(1);
        (ended - began).as_nanos() as f64 / ticks as f64
    })
}

/// Both clocks at one moment: the closest pair of a few, since a thread may lose its core between the two.
fn both() -> (Instant, u64) {
    let pair = || {
        let (before, moment, after) = (counter::read(), Instant::now(), counter::read());
        (after.saturating_sub(before), moment, before + after.saturating_sub(before) / 2)
    };
    let (_, moment, ticks) = std::iter::repeat_with(pair).take(4).min().unwrap_or_else(pair);
    (moment, ticks)
}

#[cfg(target_arch = "x86_64")]
mod counter {
    use std::arch::x86_64::{__cpuid, _rdtsc};

    #[inline]
    pub(super) fn read() -> u64 {
        // SAFETY: every x86_64 has the time-stamp counter, and systems leave it open to programs.
        unsafe { _rdtsc() }
    }

    /// Whether it counts evenly whatever the processor's frequency, also while it sleeps (AMD64 manual 3, `CPUID`
    /// 8000_0007h, bit 8 of EDX).
    pub(super) fn is_steady() -> bool {
        __cpuid(0x8000_0000).eax >= 0x8000_0007 && __cpuid(0x8000_0007).edx & (1 << 8) != 0
    }
}

#[cfg(target_arch = "aarch64")]
mod counter {
    #[inline]
    pub(super) fn read() -> u64 {
        let ticks: u64;
        // SAFETY: reads a register that systems leave open to programs, and changes nothing.
        unsafe { std::arch::asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
        ticks
    }

    /// The architecture promises it (Arm Architecture Reference Manual, D12.1.2).
    pub(super) fn is_steady() -> bool {
        true
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod counter {
    pub(super) fn read() -> u64 {
        0
    }

    pub(super) fn is_steady() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_clock_of_the_system() {
        duration(1);
        let outer = Instant::now();
        let began = now();
        let inner = Instant::now();
        std::thread::sleep(Duration::from_millis(20));
        let least = inner.elapsed();
        let measured = duration(began.ticks_since());
        let most = outer.elapsed();
        assert!(measured >= least.mul_f64(0.99) && measured <= most.mul_f64(1.01), "{least:?} {measured:?}");
    }

    #[test]
    fn ticks_and_durations_are_two_words_for_one_thing() {
        let hour = Duration::from_secs(3600);
        assert!(duration(ticks(hour)).abs_diff(hour) < Duration::from_micros(1));
        assert_eq!(duration(0), Duration::ZERO);
    }

    #[test]
    fn a_counter_that_went_back_is_no_time() {
        assert_eq!(Moment(u64::MAX).ticks_since(), 0);
    }
}
