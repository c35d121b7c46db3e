//! Simulates years of machines that sleep, are switched off, are killed during a run, have their clock set, their
//! crontab and zone changed, their schedule paused and their network interrupted. The scheduler runs beside a [`Book`]
//! that follows every slot by its own instant. The book takes the slots from another program (`croner`) and knows only
//! these rules: the first look after a slot takes it, once; all slots found by one look are one run.
//!
//! `SIMULATED_YEARS=200 cargo test --test simulated_years -- --nocapture` simulates more years.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use data_exporter::engine::scheduler::{Obstacle, Scheduler, SchedulerState};
use data_exporter::models::export::Trigger;
use data_exporter::schedule::{Schedule, Zone};

/// Crontabs for which `croner` follows the rules of [`Schedule`] (`tests/schedule_oracle.rs` tests the others).
const CRONTABS: [&str; 6] =
    ["*/15 * * * *", "7 * * * *", "0 */3 * * *", "30 2 * * *", "15 0 * * sun", "*/20 0-3 * * *"];
const ZONES: [Tz; 3] = [Tz::Europe__Berlin, Tz::America__Havana, Tz::Australia__Lord_Howe];

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

fn begin() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap()
}

fn millis(time: TimeDelta) -> i64 {
    time.num_milliseconds()
}

/// The slots of each crontab in each zone, as croner computes them, in milliseconds.
#[derive(Default)]
struct Slots(HashMap<(usize, usize), Rc<Vec<i64>>>);

impl Slots {
    fn starts(&mut self, crontab: usize, zone: usize) -> Rc<Vec<i64>> {
        let find = || {
            let cron: Cron = CRONTABS[crontab].parse().unwrap();
            let from = ZONES[zone].from_utc_datetime(&begin().naive_utc()) - TimeDelta::days(40);
            let until = begin() + TimeDelta::days(365 + 45);
            let due = cron.iter_after(from).take_while(|due| *due < until);
            Rc::new(due.map(|due| due.timestamp_millis()).collect())
        };
        Rc::clone(self.0.entry((crontab, zone)).or_insert_with(find))
    }
}

#[derive(Debug, Default)]
struct Figures {
    slots: usize,
    runs: usize,
    catch_ups: usize,
    coalesced: usize,
    overlapped: usize,
    left_out: usize,
    cut_off: usize,
    waits: usize,
    events: usize,
    looks: usize,
}

/// The expected results, slot by slot. Times are milliseconds of the wall clock.
struct Book {
    slots: Rc<Vec<i64>>,
    delay: i64,
    /// The wall clock at the last look.
    wall: i64,
    /// The highest wall clock so far, except times when it was wrong by hours.
    furthest: i64,
    /// Every slot that was shown, including skipped ones.
    shown: BTreeSet<i64>,
    /// Slots after the moment to which the clock was set back by hours, and the clock before that.
    reopened: Option<(i64, BTreeSet<i64>)>,
    /// When to try a run again.
    pending: Option<i64>,
}

impl Book {
    /// Returns the slots that this look is the first to find.
    fn pass(&mut self, now: i64) -> Vec<i64> {
        let here = now - self.delay;
        if self.furthest - here > 3 * HOUR {
            self.reopened = Some((self.furthest, self.shown.split_off(&(here + 1))));
            self.furthest = here;
        }
        self.furthest = self.furthest.max(here);
        if let Some((_, shown)) = self.reopened.take_if(|(until, _)| *until <= here) {
            self.shown.extend(shown);
        }
        let first = self.slots.partition_point(|slot| *slot <= self.wall.min(here));
        let passed = self.slots[first..].iter().take_while(|slot| **slot <= here).copied();
        let fresh: Vec<i64> = passed.filter(|slot| !self.shown.contains(slot)).collect();
        self.shown.extend(&fresh);
        self.wall = here;
        fresh
    }

    /// Returns the expected decision of a look, and the number of slots it takes.
    fn step(&mut self, now: i64) -> (Option<Trigger>, usize) {
        let fresh = self.pass(now);
        let pending = self.pending.take_if(|at| !fresh.is_empty() || *at <= now || *at - now > 61 * MINUTE);
        let trigger = match fresh.last() {
            Some(newest) if now - self.delay - newest < 90 * SECOND => Some(Trigger::Schedule),
            Some(_) => Some(Trigger::CatchUp),
            None => pending.map(|_| Trigger::CatchUp),
        };
        (trigger, fresh.len())
    }

    /// A new schedule has no past slots in the time the clock has passed.
    fn reschedule(&mut self, slots: Rc<Vec<i64>>, delay: i64) {
        (self.slots, self.delay) = (slots, delay);
        let until = self.slots.partition_point(|slot| *slot <= self.furthest);
        self.shown.extend(&self.slots[..until]);
        if let Some((until, shown)) = &mut self.reopened {
            let (from, to) = (self.slots.partition_point(|slot| *slot <= self.furthest), *until);
            shown.extend(self.slots[from..].iter().take_while(|slot| **slot <= to));
        }
    }
}

/// A machine that runs the program.
struct Machine {
    random: fastrand::Rng,
    slots: Slots,
    figures: Figures,
    /// The time that passes, and the error of the clock.
    time: i64,
    off: i64,
    network_from: i64,
    scheduler: Scheduler,
    book: Book,
    saved_state: SchedulerState,
    paused: Option<i64>,
    run_until: Option<i64>,
    crontab: usize,
    zone: usize,
    jitter: u64,
    edited: bool,
    /// No event occurred since the last look.
    quiet: bool,
    seed: u64,
}

impl Machine {
    fn new(seed: u64) -> Self {
        let (mut random, mut slots) = (fastrand::Rng::with_seed(seed), Slots::default());
        let (crontab, zone) = (random.usize(..CRONTABS.len()), random.usize(..ZONES.len()));
        let jitter = random.u64(..600);
        let scheduler = Scheduler::new(
            schedule(crontab, zone),
            Duration::from_secs(jitter),
            "7",
            SchedulerState::default(),
            begin(),
        );
        let saved_state = SchedulerState { seen: Some(scheduler.seen()), catch_up_pending: false };
        let book = Book {
            slots: slots.starts(crontab, zone),
            delay: 0,
            wall: begin().timestamp_millis(),
            furthest: begin().timestamp_millis(),
            shown: BTreeSet::new(),
            reopened: None,
            pending: None,
        };
        let mut machine = Self {
            random,
            slots,
            figures: Figures::default(),
            time: 0,
            off: 0,
            network_from: 0,
            scheduler,
            book,
            saved_state,
            paused: None,
            run_until: None,
            crontab,
            zone,
            jitter,
            edited: false,
            quiet: false,
            seed,
        };
        machine.rewind_book();
        machine
    }

    fn wall(&self) -> i64 {
        begin().timestamp_millis() + self.time + self.off
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.wall()).unwrap()
    }

    /// The scheduler chooses the delay, within its bound.
    fn rewind_book(&mut self) {
        let slots = self.slots.starts(self.crontab, self.zone);
        // Clock changes shorten some days.
        let mut periods: Vec<i64> = slots.windows(2).map(|pair| pair[1] - pair[0]).collect();
        periods.sort_unstable();
        let period = periods[4];
        let delay = millis(self.scheduler.delay());
        assert!(delay <= (self.jitter.cast_signed() * SECOND).min(period / 10), "{self:?}: {delay}");
        self.book.reschedule(slots, delay);
    }

    /// Mirrors the actor.
    fn step(&mut self) {
        self.figures.looks += 1;
        let now = self.now();
        if std::mem::take(&mut self.edited) {
            let (former, schedule) = (self.scheduler.clone(), schedule(self.crontab, self.zone));
            self.scheduler = former.with_schedule(schedule, Duration::from_secs(self.jitter), "7", now);
            self.saved_state.seen = Some(self.scheduler.seen());
            self.rewind_book();
        }
        if let Some(until) = self.paused {
            let until = DateTime::from_timestamp_millis(until).unwrap();
            self.rest(until.min(now));
            if now < until {
                return;
            }
            self.end_rest();
        }
        let (expected, slots) = self.book.step(self.wall());
        let (before, due) = (self.scheduler.seen(), self.scheduler.due(now));
        if self.scheduler.has_leapt(before) {
            self.saved_state.seen = Some(self.scheduler.seen());
        }
        assert_eq!(due, expected, "{self:?}");
        self.figures.slots += slots;
        self.figures.coalesced += slots.saturating_sub(1);
        let Some(trigger) = due else { return };
        if self.quiet && slots > 0 {
            let late = self.book.wall - self.book.shown.range(..=self.book.wall).next_back().unwrap();
            assert!(late < SECOND, "{self:?}: {late} ms late");
        }
        self.saved_state.seen = Some(self.scheduler.seen());
        if self.run_until.is_some() {
            self.figures.overlapped += 1;
            return;
        }
        self.saved_state.catch_up_pending = true;
        if trigger == Trigger::CatchUp && self.time < self.network_from {
            self.figures.waits += 1;
            self.scheduler.retry_later(now, Obstacle::Network);
            self.book.pending = Some(self.wall() + 10 * SECOND);
            return;
        }
        self.figures.runs += 1;
        self.figures.catch_ups += usize::from(trigger == Trigger::CatchUp);
        let long = if self.random.u8(..10) == 0 { 3 * HOUR } else { 4 * MINUTE };
        self.run_until = Some(self.time + self.random.i64(SECOND..long));
    }

    fn rest(&mut self, until: DateTime<Utc>) {
        self.scheduler.skip(until);
        self.figures.left_out += self.book.pass(until.timestamp_millis()).len();
        self.book.pending = self.book.pending.map(|at| at.max(until.timestamp_millis() + 30 * SECOND));
    }

    fn end_rest(&mut self) {
        self.saved_state.seen = Some(self.scheduler.seen());
        self.paused = None;
    }

    fn run_ended(&mut self) {
        self.run_until = None;
        self.scheduler.run_finished();
        self.book.pending = None;
        self.saved_state.catch_up_pending = false;
    }

    /// The program is not running for this time, then starts again with its saved state.
    fn restart(&mut self, away: i64) {
        self.figures.cut_off += usize::from(self.run_until.take().is_some());
        self.time += away;
        let schedule = schedule(self.crontab, self.zone);
        let jitter = Duration::from_secs(self.jitter);
        let edited = std::mem::take(&mut self.edited);
        self.scheduler = Scheduler::new(schedule, jitter, "7", self.saved_state, self.now());
        if edited || self.scheduler.delay() != TimeDelta::milliseconds(self.book.delay) {
            self.rewind_book();
        }
        self.book.pending = self.saved_state.catch_up_pending.then_some(self.wall() + MINUTE);
        // Times shown by a clock that was wrong by hours are forgotten once a later look has acted.
        if self.book.reopened.as_ref().is_some_and(|(until, _)| {
            self.saved_state.seen.is_some_and(|seen| seen.timestamp_millis() < *until)
        }) {
            self.book.reopened = None;
        }
        self.saved_state.seen = Some(self.scheduler.seen());
    }

    /// Applies a random event; returns by how much sleep makes the timers late.
    fn happen(&mut self) -> i64 {
        self.figures.events += 1;
        self.quiet = false;
        let random = &mut self.random;
        match random.u8(..12) {
            0..=3 => {
                let asleep = random.i64(MINUTE..20 * HOUR);
                self.time += asleep;
                self.network_from = self.time + random.i64(0..10 * MINUTE);
                self.run_until.iter_mut().for_each(|until| *until += asleep);
                return asleep;
            }
            4 | 5 => {
                let away = random.i64(SECOND..2 * DAY);
                self.network_from = self.time + away + random.i64(0..10 * MINUTE);
                self.restart(away);
                self.step();
            }
            6 => self.off += random.i64(-2 * HOUR..2 * HOUR),
            7 => self.off = 0,
            8 if random.bool() => self.off = random.i64(-30 * DAY..30 * DAY),
            8 | 9 => {
                (self.crontab, self.zone) = (random.usize(..CRONTABS.len()), random.usize(..ZONES.len()));
                self.jitter = random.u64(..600);
                self.edited = true;
            }
            10 => self.paused = Some(self.wall() + self.random.i64(MINUTE..DAY)),
            _ => {
                if self.paused.is_some() {
                    self.rest(self.now());
                    self.end_rest();
                }
            }
        }
        0
    }

    /// Runs for a year.
    fn live(&mut self) {
        let mut next = self.random.i64(0..6 * HOUR);
        while self.time < YEAR {
            self.step();
            self.quiet = true;
            let sleep = self.scheduler.sleep(self.now()).as_millis().max(20);
            let mut wake = self.time + i64::try_from(sleep).unwrap();
            while let Some(at) =
                [Some(next), self.run_until].into_iter().flatten().min().filter(|at| *at < wake)
            {
                self.time = self.time.max(at);
                if self.run_until.is_some_and(|until| until <= at) {
                    self.run_ended();
                } else {
                    wake += self.happen();
                    next = self.time + self.random.i64(MINUTE..16 * HOUR);
                }
            }
            self.time = self.time.max(wake);
        }
    }
}

impl std::fmt::Debug for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (crontab, zone) = (CRONTABS[self.crontab], ZONES[self.zone]);
        write!(f, "seed {}, `{crontab}` in {zone} at {} ({} ms)", self.seed, self.now(), self.off)
    }
}

fn schedule(crontab: usize, zone: usize) -> Schedule {
    Schedule::parse(CRONTABS[crontab], Zone::Named(ZONES[zone])).unwrap()
}

#[test]
fn no_slot_of_a_year_is_lost_or_taken_twice() {
    let years = std::env::var("SIMULATED_YEARS").ok().and_then(|years| years.parse().ok()).unwrap_or(2);
    let mut slots = Slots::default();
    for seed in 0..years {
        let mut machine = Machine { slots: std::mem::take(&mut slots), ..Machine::new(seed) };
        machine.live();
        println!("seed {seed}: {:?}", machine.figures);
        assert!(machine.figures.runs > 50 && machine.figures.catch_ups > 10, "{:?}", machine.figures);
        slots = machine.slots;
    }
}
