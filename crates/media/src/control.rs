//! When a leg reports by RTCP (RFC 3550, 6.2, 6.3), and what the far end reported to it.

use crate::codec::RATE;
use crate::quality::Tally;
use crate::reception::Reception;
use crate::rtcp::{BlockInfo, Clock, Report, SenderInfo, Told, middle};
use crate::transmission::Transmission;
use std::time::{Duration, Instant};

/// The mean time between reports; the least RFC 3550 recommends.
const INTERVAL: Duration = Duration::from_secs(5);

/// A leg's RTCP.
#[derive(Default)]
pub(crate) struct Control {
    due: Option<Instant>,
    /// Packets sent as of the last two reports: who sent none since then is no sender.
    sent: [u64; 2],
    /// The middle of their last sender report's NTP time, and when it came.
    sender: Option<(u32, Instant)>,
    their_lost: u32,
    their_jitter: Tally,
    their_loss: Tally,
    round_trip: Tally,
}

impl Control {
    /// Reports from now on, the first time after half an interval.
    pub(crate) fn start(&mut self, now: Instant) {
        self.due
            .get_or_insert(now + (INTERVAL / 2).mul_f64(spread()));
    }

    /// Whether it is time to report; the next time is set then.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.due.is_some_and(|due| due <= now);
        if due {
            self.due = Some(now + INTERVAL.mul_f64(spread()));
        }
        due
    }

    /// The report of this moment.
    pub(crate) fn report<'a>(
        &mut self,
        (ssrc, cname): (u32, &'a str),
        sent: &Transmission,
        received: &mut Reception,
        (clock, now): (&Clock, Instant),
    ) -> Report<'a> {
        let [before_last, last] = self.sent;
        self.sent = [last, sent.packets()];
        let sender = (sent.packets() > before_last).then(|| SenderInfo {
            ntp: clock.ntp(now),
            timestamp: sent.timestamp(now),
            packets: sent.packets(),
            octets: sent.octets(),
        });
        let (last_report, delay) = self.sender.map_or((0, 0), |(report, came)| {
            (
                report,
                (now.saturating_duration_since(came).as_micros() * 65_536 / 1_000_000) as u32,
            )
        });
        let block = received.report().map(|block| BlockInfo {
            block,
            last_report,
            delay,
        });
        Report {
            ssrc,
            cname,
            sender,
            block,
            bye: false,
        }
    }

    /// Takes in what the far end told.
    pub(crate) fn told(&mut self, told: Told, clock: &Clock, now: Instant) {
        match told {
            Told::Sender { ntp } => self.sender = Some((middle(ntp), now)),
            Told::Reception {
                cumulative_lost,
                jitter,
                last_report,
                delay,
            } => {
                // A negative count (24 bits, signed) says that packets came twice.
                let lost = if cumulative_lost < 0x80_0000 {
                    cumulative_lost
                } else {
                    0
                };
                self.their_loss
                    .add(lost.saturating_sub(self.their_lost).into());
                self.their_lost = lost;
                self.their_jitter.add(f64::from(jitter) / f64::from(RATE));
                let trip = middle(clock.ntp(now))
                    .wrapping_sub(last_report)
                    .wrapping_sub(delay)
                    .cast_signed();
                if last_report != 0 && trip >= 0 {
                    self.round_trip.add(f64::from(trip) / 65_536.0);
                }
            }
        }
    }

    /// Packets of ours they missed.
    pub(crate) fn their_lost(&self) -> u64 {
        self.their_lost.into()
    }

    /// Jitter they reported, in seconds.
    pub(crate) fn their_jitter(&self) -> &Tally {
        &self.their_jitter
    }

    /// Packets they missed in each of their intervals.
    pub(crate) fn their_loss(&self) -> &Tally {
        &self.their_loss
    }

    /// Round trips in seconds.
    pub(crate) fn round_trip(&self) -> &Tally {
        &self.round_trip
    }
}

/// Keeps reports of many legs from falling together (RFC 3550, 6.2).
fn spread() -> f64 {
    rand::random_range(0.5..1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: (u32, &str) = (5, "me");

    #[test]
    fn reports_come_about_every_five_seconds() {
        let (mut control, start) = (Control::default(), Instant::now());
        assert!(!control.is_due(start + Duration::from_secs(60)));
        control.start(start);
        assert!(!control.is_due(start + Duration::from_millis(1_249)));
        assert!(control.is_due(start + Duration::from_millis(3_751)));
        assert!(!control.is_due(start + Duration::from_millis(3_751 + 2_499)));
        assert!(control.is_due(start + Duration::from_millis(3_751 + 7_501)));
    }

    #[test]
    fn who_sent_nothing_for_two_intervals_is_no_sender() {
        let (mut control, clock, now) = (Control::default(), Clock::start(), Instant::now());
        let (mut sent, mut received) = (Transmission::new(0, 0), Reception::default());
        let mut is_sender = |sent: &Transmission| {
            control
                .report(ME, sent, &mut received, (&clock, now))
                .sender
                .is_some()
        };
        assert!(!is_sender(&sent));
        sent.sent(160);
        assert!(is_sender(&sent));
        assert!(is_sender(&sent));
        assert!(!is_sender(&sent));
    }

    #[test]
    fn the_round_trip_is_what_is_left_of_the_time_between() {
        let (mut control, clock, sent) = (Control::default(), Clock::start(), Instant::now());
        let now = sent + Duration::from_millis(750);
        let last_report = middle(clock.ntp(sent));
        let told = Told::Reception {
            cumulative_lost: 4,
            jitter: 80,
            last_report,
            delay: 65_536 / 2,
        };
        control.told(told, &clock, now);
        assert!((control.round_trip().spread().last - 0.25).abs() < 0.001);
        assert_eq!(control.their_jitter().spread().last, 0.01);
        assert_eq!(
            (control.their_lost(), control.their_loss().spread().max),
            (4, 4.0)
        );
    }

    #[test]
    fn their_reports_are_answered_with_the_time_they_waited() {
        let (mut control, clock, came) = (Control::default(), Clock::start(), Instant::now());
        let packet =
            crate::packet::Packet::parse(&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7]).unwrap();
        let (sent, mut received) = (Transmission::new(0, 0), Reception::default());
        received.count(&packet, true, came);
        control.told(
            Told::Sender {
                ntp: 0x1234_5678_9abc_def0,
            },
            &clock,
            came,
        );
        let report = control.report(
            ME,
            &sent,
            &mut received,
            (&clock, came + Duration::from_secs(2)),
        );
        let block = report.block.unwrap();
        assert_eq!(
            (block.block.ssrc, block.last_report, block.delay),
            (7, 0x5678_9abc, 2 << 16)
        );
    }
}
