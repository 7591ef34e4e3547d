//! What the engine does every 20 ms: legs send and are counted, and what is played is heard.

use super::{Engine, Loose};
use crate::graph::Graph;
use crate::leg::Made;
use crate::playback::Next;
use model::{MediaReport, PlayId, Voice};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The pace of all sound.
pub(super) const TICK: Duration = Duration::from_millis(20);
/// After a longer standstill of the machine, ticks missed are not made up.
const STANDSTILL: Duration = Duration::from_secs(1);

impl Engine {
    /// Ticks as often as time has passed, so that a late tick makes no drift.
    pub(super) fn catch_up(&mut self) {
        let now = Instant::now();
        if now.saturating_duration_since(self.next_tick) > STANDSTILL {
            self.next_tick = now;
        }
        while self.next_tick <= now {
            let (mut recorded, mut made) = (Vec::new(), Vec::new());
            for (id, leg) in &mut self.legs {
                let own = leg.tick(
                    self.graph.sources(*id) > 1,
                    (&self.clock, now),
                    &mut self.reports,
                );
                made.extend(own.filter(|(play, _)| is_heard(&self.graph, *play)));
                recorded.extend(leg.recorded());
            }
            for recording in recorded {
                self.keep(recording);
            }
            self.play_loose(&mut made);
            self.hand_out(&made, now);
            self.capture();
            self.next_tick += TICK;
        }
    }

    fn play_loose(&mut self, made: &mut Vec<Made>) {
        let (reports, graph) = (&mut self.reports, &self.graph);
        self.loose.retain(|play, loose| {
            let (frame, goes_on) = match loose {
                Loose::Files(playback) => match playback.next() {
                    Next::Frame(frame) => (Some(frame), true),
                    Next::Late => (None, true),
                    Next::End(failed) => {
                        let play = *play;
                        reports(MediaReport::Finished { play, failed });
                        (None, false)
                    }
                },
                Loose::Tones(tones) => {
                    let frame = tones.frame();
                    let goes_on = frame.is_some();
                    (frame, goes_on)
                }
            };
            if is_heard(graph, *play) {
                made.push((*play, frame));
            }
            goes_on
        });
    }

    /// What was made is heard by those connected to it.
    fn hand_out(&mut self, made: &[Made], now: Instant) {
        for made in made {
            for (to, _) in self.graph.listeners(Voice::Play(made.0)) {
                if let Some(listener) = self.legs.get_mut(to) {
                    listener.hear_made(made, self.graph.sources(*to) == 1, now);
                } else if let (Some(capture), (play, Some(frame))) =
                    (self.captures.get_mut(to), made)
                {
                    capture.mixer.push_frame(Voice::Play(*play), frame);
                }
            }
        }
    }

    /// Recordings of conversations go on; silence counts.
    fn capture(&mut self) {
        for (id, capture) in &mut self.captures {
            if self.graph.sources(*id) == 0 {
                continue;
            }
            let Some(samples) = capture.tick() else {
                continue;
            };
            let file = Arc::clone(&capture.file);
            if let Err(samples) = self.reader.append(file, samples) {
                capture.put_back(samples);
            }
        }
    }
}

fn is_heard(graph: &Graph, play: PlayId) -> bool {
    !graph.listeners(Voice::Play(play)).is_empty()
}
