//! CHANNEL: what a channel says of itself, and what can be set of it.

use crate::world::caller::Caller;
use crate::world::{Phone, World, lines};
use model::{
    AudioQuality, Dialog, MediaId, MediaInstruction, MediaReport, Refusal, Reply, Signal, Spread,
};
use std::time::Duration;
use switch::Input;

#[test]
fn items_are_read_and_set() {
    let mut caller = Caller::dial("moved");
    caller.check(&[
        ("CHANNEL(lastcontext)", "phones"),
        ("CHANNEL(lastexten)", "moving"),
        ("CHANNEL(onhold)", "0"),
        ("CHANNEL(max_forwards)", "20"),
        ("CHANNEL(after_bridge_goto)", ""),
        ("CHANNEL(hangupsource)", ""),
        ("CHANNEL(videonativeformat)", "(nothing)"),
        ("CHANNEL(endpoint)", "alice"),
        ("CHANNEL(pjsip,call-id)", "call-1"),
    ]);
    for (item, value) in [
        ("CHANNEL(max_forwards)", "3"),
        ("CHANNEL(hangupsource)", "me"),
        ("CHANNEL(after_bridge_goto)", "s,1"),
    ] {
        assert_eq!(caller.set(item, value), Reply::Done, "{item}");
    }
    for (item, value) in [
        ("CHANNEL(max_forwards)", "many"),
        ("CHANNEL(after_bridge_goto)", "nowhere,s,label"),
        ("CHANNEL(lastexten)", "1"),
    ] {
        assert_eq!(
            caller.set(item, value),
            Reply::Refused(Refusal::NotSet),
            "{item}"
        );
    }
    caller.check(&[
        ("CHANNEL(max_forwards)", "3"),
        ("CHANNEL(hangupsource)", "me"),
        ("CHANNEL(after_bridge_goto)", "other,s,1"),
    ]);
    assert_eq!(caller.set("CHANNEL(after_bridge_goto)", ""), Reply::Done);
    caller.check(&[("CHANNEL(after_bridge_goto)", "")]);
}

#[test]
fn a_line_tells_its_dialog_its_sound_and_how_that_is() {
    let mut caller = Caller::dial("wait");
    caller.check(&[
        ("CHANNEL(pjsip,local_uri)", "sip:600@192.0.2.9"),
        ("CHANNEL(pjsip,remote_uri)", "sip:alice@192.0.2.9"),
        ("CHANNEL(pjsip,request_uri)", "sip:600@192.0.2.9"),
        ("CHANNEL(pjsip,target_uri)", "sip:alice@192.0.2.1"),
        ("CHANNEL(pjsip,local_tag)", "ours"),
        ("CHANNEL(pjsip,remote_tag)", "theirs"),
        ("CHANNEL(pjsip,local_addr)", "192.0.2.9:5060"),
        ("CHANNEL(pjsip,remote_addr)", "192.0.2.1:5060"),
        ("CHANNEL(pjsip,secure)", "0"),
        ("CHANNEL(pjsip,t38state)", "DISABLED"),
        ("CHANNEL(aor)", ""),
        ("CHANNEL(rtp,src)", ""),
        ("CHANNEL(rtcp,txcount)", ""),
    ]);
    let channel = caller.channel;
    let media = MediaId(channel.0);
    let told = Dialog {
        aor: "alice".into(),
        contact: "alice@@1".into(),
        ..Dialog::clone(&lines::dialog("alice"))
    };
    caller.world.signal(Signal::Media {
        channel,
        media,
        format: "ulaw".into(),
        addresses: lines::addresses(),
        dialog: told.into(),
    });
    caller.world.signal(Signal::Held(channel));
    let quality = AudioQuality {
        ssrc: 7,
        sent: 25,
        lost: 3,
        their_jitter: Spread {
            max: 0.5,
            mean: 0.25,
            ..Spread::default()
        },
        ..AudioQuality::default()
    };
    let quality = Box::new(quality);
    let report = MediaReport::Quality { media, quality };
    caller.world.give(Input::Media(report));
    caller.check(&[
        ("CHANNEL(aor)", "alice"),
        ("CHANNEL(contact)", "alice@@1"),
        ("CHANNEL(rtp,src)", "192.0.2.9:10000"),
        ("CHANNEL(rtp,dest,audio)", "192.0.2.1:4000"),
        ("CHANNEL(rtp,dest,video)", ""),
        ("CHANNEL(rtp,hold)", "1"),
        ("CHANNEL(rtp,secure)", "0"),
        ("CHANNEL(rtcp,txcount)", "25"),
        ("CHANNEL(rtcp,rxploss)", "3"),
        ("CHANNEL(rtcp,local_ssrc)", "7"),
        ("CHANNEL(rtcp,remote_maxjitter)", "0.500000"),
        ("CHANNEL(rtcp,remote_normdevjitter,audio)", "0.250000"),
        ("CHANNEL(rtcp,rtt)", "0.000000"),
        ("CHANNEL(rtcp,nothing)", ""),
    ]);
}

#[test]
fn a_leg_told_again_is_heard_on() {
    let mut world = World::new(1, "[phones]\nexten => e,1,Answer()\n same => n,Echo()\n");
    world.phone("alice", Phone::Rings);
    let channel = world.dial("alice", "e").unwrap();
    world.run(Duration::from_secs(1));
    let media = MediaId(channel.0);
    for format in ["ulaw", "alaw"] {
        world.signal(Signal::Media {
            channel,
            media,
            format: format.into(),
            addresses: lines::addresses(),
            dialog: lines::dialog("alice"),
        });
    }
    let leaves = |told: &MediaInstruction| matches!(told, MediaInstruction::Disconnect { .. });
    assert!(!world.media.iter().any(leaves), "{:?}", world.media);
    let (from, to) = (media.into(), media);
    let echoes = MediaInstruction::Connect {
        from,
        to,
        digits: true,
    };
    assert!(world.media.contains(&echoes), "{:?}", world.media);
}

/// What user events said, when alice has called this extension.
fn told(extensions: &str) -> Vec<String> {
    let mut world = World::new(1, &format!("[phones]\n{extensions}"));
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world.dial("alice", "go").unwrap();
    world.finish();
    world.told()
}

#[test]
fn after_a_bridge_the_caller_goes_where_it_is_to() {
    let told = told(
        "exten => go,1,Set(CHANNEL(after_bridge_goto)=after,1)
 same => n,Dial(PJSIP/bob,,S(1))
 same => n,UserEvent(Never)
exten => after,1,UserEvent(After,Left: <${CHANNEL(after_bridge_goto)}>)
",
    );
    assert_eq!(told, ["After <>"]);
}

#[test]
fn a_call_that_calls_itself_ends() {
    let told = told(
        "exten => go,1,Dial(Local/go@phones)
 same => n,ExecIf($[${CHANNEL(max_forwards)} = 0]?UserEvent(End,Status: ${DIALSTATUS}))
",
    );
    assert_eq!(told, ["End BUSY"]);
}
