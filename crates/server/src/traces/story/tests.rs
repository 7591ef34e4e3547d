use super::*;
use crate::traces::span::Value;
use model::{BridgeSnapshot, CallRecord, Cause, ChannelState, DialStatus, Party, Run, Seq, Trace};

const CALL: u128 = 7;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn channel(number: u64, name: &str, trace: u128) -> Arc<ChannelSnapshot> {
    let call_id = name.starts_with("PJSIP").then(|| "call-id".into());
    Arc::new(ChannelSnapshot {
        id: ChannelId(number),
        name: name.into(),
        uniqueid: format!("1.{number}").into(),
        linkedid: "1.1".into(),
        trace: Arc::new(Trace {
            id: TraceId::new(trace),
            call_id,
        }),
        state: ChannelState::Up,
        caller: Party::default(),
        connected: Party::default(),
        language: "en".into(),
        account: "".into(),
        context: "a".into(),
        exten: "1".into(),
        priority: 1,
        application: "".into(),
        data: "".into(),
        dnid: "".into(),
        created: at(10),
        ends: None,
        bridge: None,
        cause: Some(Cause::NORMAL_CLEARING),
        tech_cause: None,
        call_groups: 0,
        pickup_groups: 0,
        format: "".into(),
        variables: Vec::new().into(),
        words: model::Words::default(),
        line_words: <[model::Words; 2]>::default(),
    })
}

fn action(name: &'static str, trace: u128, about: &[&str]) -> TracedAction {
    TracedAction {
        trace: TraceId::new(trace),
        at: at(9),
        name,
        id: "id-1".into(),
        account: "alice".into(),
        session: "0x1".into(),
        from: std::net::Ipv4Addr::LOCALHOST.into(),
        about: about.iter().map(|name| Arc::from(*name)).collect(),
    }
}

struct Teller {
    story: Story,
    seq: u64,
}

impl Teller {
    fn new() -> Self {
        let story = Story::new(SpanIds::from(1));
        Self { story, seq: 0 }
    }

    fn tell(&mut self, seconds: i64, name: &'static str, event: Event) {
        self.seq += 1;
        let seq = Seq(self.seq);
        let at = at(seconds);
        self.story.happen(Happened {
            record: &Record { seq, at, event },
            name: Some(name),
            place: Run(1).at(seq),
        });
    }

    fn answer(&mut self, trace: u128, failed: bool) {
        let trace = TraceId::new(trace);
        let (at, answer) = (at(11), "said".to_owned());
        self.story.answer(&Traced::Answered {
            trace,
            at,
            failed,
            answer,
        });
    }

    fn told(&mut self) -> (Vec<Line>, Vec<Span>) {
        self.story.settle();
        self.story.told()
    }
}

fn span<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|span| span.name == name).unwrap()
}

fn said(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
    })
}

/// An Originate of a Local channel that dials a phone, until all is hung up.
fn call(teller: &mut Teller) {
    let [local, phone] = [(1, "Local/1@a-1;1"), (2, "PJSIP/bob-1")];
    let [local, phone] = [local, phone].map(|(number, name)| channel(number, name, CALL));
    let new = |channel: &Arc<_>| Event::Newchannel {
        channel: Arc::clone(channel),
    };
    teller.story.begin_call(&action("Originate", CALL, &[]));
    teller.tell(10, "Newchannel", new(&local));
    teller.tell(10, "Newchannel", new(&phone));
    teller.tell(
        11,
        "DialBegin",
        Event::DialBegin {
            caller: Some(Arc::clone(&local)),
            dest: Arc::clone(&phone),
            dial_string: "bob".into(),
        },
    );
    let dest = Arc::clone(&phone);
    let caller = Some(Arc::clone(&local));
    teller.tell(
        13,
        "DialEnd",
        Event::DialEnd {
            caller,
            dest,
            status: DialStatus::Answer,
            forward: None,
        },
    );
    for channel in [&phone, &local] {
        let channel = Arc::clone(channel);
        teller.tell(20, "Hangup", Event::Hangup { channel });
    }
    teller.answer(CALL, false);
}

#[test]
fn an_action_its_call_and_its_legs_are_parts_of_each_other() {
    let mut teller = Teller::new();
    call(&mut teller);
    let (_, spans) = teller.told();
    let [originate, call, local, phone] =
        ["AMI Originate", "call", "leg Local", "leg PJSIP"].map(|name| span(&spans, name));
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|span| span.trace == TraceId::new(CALL)));
    assert_eq!(originate.parent, None);
    assert_eq!(call.parent, Some(originate.id));
    assert_eq!(local.parent, Some(call.id));
    assert_eq!(phone.parent, Some(local.id), "who dials it");
    assert_eq!((originate.start, originate.end), (at(9), at(11)));
    assert_eq!((call.start, call.end), (at(10), at(20)));
    assert_eq!(said(originate, "ami.action_id").as_deref(), Some("id-1"));
    assert_eq!(said(call, "ami.user").as_deref(), Some("alice"));
    assert_eq!(said(phone, "sip.call_id").as_deref(), Some("call-id"));
    assert_eq!(said(phone, "dial.status").as_deref(), Some("ANSWER"));
    assert_eq!(said(phone, "hangup.cause").as_deref(), Some("16"));
    assert_eq!(phone.moments[0].name, "dial");
}

#[test]
fn each_line_has_all_it_can_be_found_by() {
    let mut teller = Teller::new();
    call(&mut teller);
    let record = Arc::new(cdr("1.2"));
    let headers = Vec::new();
    teller.tell(20, "Cdr", Event::Cdr { record, headers });
    let (lines, _) = teller.told();
    assert!(lines.is_sorted_by_key(|line| line.at));
    assert!(lines.iter().all(|line| line.trace == TraceId::new(CALL)));
    let events: Vec<_> = lines
        .iter()
        .filter_map(|line| match &line.what {
            What::Event {
                name,
                channel: Some(channel),
                origin: Some(origin),
                ..
            } => Some((*name, &*channel.uniqueid, &*origin.action_id)),
            What::Event { .. } | What::Action(_) | What::Answer(..) => None,
        })
        .collect();
    assert_eq!(events.first(), Some(&("Newchannel", "1.1", "id-1")));
    assert_eq!(events.last(), Some(&("Cdr", "1.2", "id-1")));
    assert_eq!(lines.len(), events.len() + 2, "the action and its answer");
}

#[test]
fn an_action_that_changes_a_call_belongs_to_it() {
    let mut teller = Teller::new();
    let channel = channel(1, "PJSIP/bob-1", CALL);
    let there = Arc::new(ChannelSnapshot {
        bridge: Some("b-1".into()),
        ..ChannelSnapshot::clone(&channel)
    });
    teller.tell(10, "Newchannel", Event::Newchannel { channel });
    let bridge = Arc::new(BridgeSnapshot {
        uniqueid: "b-1".into(),
        ..bridge()
    });
    let swap = None;
    teller.tell(
        11,
        "BridgeEnter",
        Event::BridgeEnter {
            bridge,
            channel: Arc::clone(&there),
            swap,
        },
    );
    for (index, about) in ["pjsip/BOB-1", "1.1", "b-1", "nobody"].iter().enumerate() {
        let own = 100 + index as u128;
        teller.story.begin_change(&action("Hangup", own, &[about]));
        teller.answer(own, *about == "nobody");
        let (lines, spans) = teller.told();
        let known = *about != "nobody";
        let trace = TraceId::new(if known { CALL } else { own });
        assert_eq!(spans[0].trace, trace, "{about}");
        assert_eq!(spans[0].parent.is_some(), known, "{about}");
        assert_eq!(spans[0].error.is_some(), !known, "{about}");
        assert!(lines.iter().all(|line| line.trace == trace || known));
    }
}

#[test]
fn what_has_ended_is_forgotten() {
    let mut teller = Teller::new();
    call(&mut teller);
    teller.told();
    teller.told();
    let story = &teller.story;
    assert!(story.legs.is_empty() && story.calls.is_empty() && story.names.is_empty());
    assert!(story.actions.is_empty());
}

fn bridge() -> BridgeSnapshot {
    BridgeSnapshot {
        id: model::BridgeId(1),
        uniqueid: "b".into(),
        kind: "basic".into(),
        technology: "simple_bridge".into(),
        creator: None,
        name: None,
        created: jiff::Timestamp::UNIX_EPOCH,
        channels: 1,
    }
}

fn cdr(uniqueid: &str) -> CallRecord {
    CallRecord {
        account: "".into(),
        source: "".into(),
        destination: "".into(),
        context: "".into(),
        caller_id: "".into(),
        channel: "".into(),
        destination_channel: "".into(),
        application: "".into(),
        data: "".into(),
        start: at(10),
        answer: None,
        end: at(20),
        disposition: model::Disposition::Answered,
        ama_flags: model::AmaFlags::Documentation,
        uniqueid: uniqueid.into(),
        linkedid: "".into(),
        user_field: "".into(),
        peer_account: "".into(),
        sequence: 1,
        billable: 7,
        values: Vec::new(),
    }
}
