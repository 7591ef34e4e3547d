//! Options of applications about sound, digits and bridges, one after the other.

use crate::world;
use crate::world::{Phone, World, originate};
use model::MediaInstruction;
use std::time::Duration;
use switch::Input;

const DIALPLAN: &str = "
[phones]
exten => read,1,Read(X,tone,3,it(*))
 same => n,UserEvent(Read,Is: ${X} ${READSTATUS})
exten => endless,1,Read(X,,3,t)
 same => n,UserEvent(Read,Is: ${X} ${READSTATUS})
exten => end,1,Read(X,,3,e)
 same => n,UserEvent(Read,Is: ${X} ${READSTATUS})
exten => spoken,1,Set(SAY_DTMF_INTERRUPT=TRUE)
 same => n,SayDigits(123)
 same => n,UserEvent(Said,Is: <${BACKGROUNDSTATUS}>)
exten => at-once,1,Answer(5000,i)
 same => n,UserEvent(Answered,Is: ${CHANNEL(state)})
exten => presses,1,SendDTMF(1f2,10,10,,a)
 same => n,UserEvent(Pressed,Is: ${CHANNEL(state)})
exten => texts,1,SendText(one)
 same => n,UserEvent(Text,Is: ${SENDTEXTSTATUS} ${SENDTEXTTYPE})
 same => n,Set(SENDTEXT_BODY=two)
 same => n,SendText(one)
 same => n,Set(SENDTEXT_CONTENT_TYPE=text/html)
 same => n,SendText(one)
 same => n,UserEvent(Text,Is: ${SENDTEXTSTATUS} ${SENDTEXTTYPE})
exten => hash,1,Set(HASH(h,a)=1)
 same => n,Set(HASH(h,b)=2)
 same => n,ClearHash(h)
 same => n,UserEvent(Hash,Is: <${HASHKEYS(h)}${HASH(h,a)}>)
exten => talk,1,Set(TALK_DETECT(set)=1200,128)
 same => n,Set(TALK_DETECT(set)=0)
 same => n,Answer(,i)
 same => n,Wait(1)
 same => n,Set(TALK_DETECT(set)=)
 same => n,Wait(5)
 same => n,Set(TALK_DETECT(remove)=)
 same => n,Set(TALK_DETECT(remove)=)
exten => back,1,BackGround(menu,m,de)
 same => n,UserEvent(Back,Is: ${BACKGROUNDSTATUS})
exten => deaf,1,BackGround(menu,p)
 same => n,UserEvent(Back,Is: ${BACKGROUNDSTATUS})
exten => 5,1,UserEvent(Five,Is: ${BACKGROUNDSTATUS})
exten => waits,1,WaitExten(2,m)
exten => dials,1,WaitExten(2,d)
exten => t,1,UserEvent(Timeout,X: x)
exten => held,1,BridgeWait(,,e(r))
exten => odd,1,BridgeWait(,speaker)
 same => n,UserEvent(Refused,X: x)
exten => joins,1,Bridge(PJSIP/bob,S(2)p)
 same => n,UserEvent(Joined,Is: ${BRIDGERESULT})
exten => ends,1,Bridge(PJSIP/bob,x)
exten => sends,1,Bridge(PJSIP/bob,F(phones^sent^1)T)
exten => sent,1,UserEvent(Sent,Of: ${CHANNEL(name):0:9})
 same => n,Wait(1)
exten => stays,1,Wait(60)
 same => n,UserEvent(Back,Of: ${CHANNEL(name):0:9})
exten => up,1,Answer()
 same => n,Wait(30)
exten => says,1,Playback(num:21&digits:7&5,say)
 same => n,Playback(hello&num:3,mix,noanswer)
 same => n,UserEvent(Said,Is: ${PLAYBACKSTATUS})
 same => n,Playback(date:1,say)
 same => n,UserEvent(Said,Is: ${PLAYBACKSTATUS})
exten => causes,1,Dial(IAX2/bob)
 same => n,UserEvent(Cause,Is: ${DIALSTATUS} ${HANGUPCAUSE})
 same => n,UserEvent(Record,Is: ${CDR(disposition)})
 same => n,Dial(PJSIP/bob,5,g)
 same => n,UserEvent(Keys,Are: ${HANGUPCAUSE_KEYS()} ${HANGUPCAUSE(${HANGUPCAUSE_KEYS()},tech)})
 same => n,HangupCauseClear()
 same => n,UserEvent(Keys,Are: ${HANGUPCAUSE_KEYS()})
exten => h,1,NoOp()
";

fn tones(world: &World) -> Vec<bool> {
    let told = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Tones { .. } => Some(true),
        MediaInstruction::StopPlay(_) => Some(false),
        _ => None,
    });
    told.collect()
}

fn call(exten: &str) -> (World, model::ChannelId) {
    let (mut world, alice) = World::calling(DIALPLAN, exten, Phone::Rings);
    world.run_ms(100);
    (world, alice)
}

#[test]
fn digits_are_read_until_a_key_of_ones_own() {
    let (mut world, alice) = call("read");
    world.press(alice, "1#*");
    world.finish();
    assert_eq!(world.told(), ["Read 1# OK"]);
    let (mut world, alice) = call("endless");
    world.press(alice, "*##");
    world.finish();
    assert_eq!(world.told(), ["Read *## OK"]);
    let (mut world, alice) = call("end");
    world.press(alice, "#");
    world.finish();
    assert_eq!(world.told(), ["Read # OK"]);
}

#[test]
fn what_is_said_can_be_interrupted() {
    let (mut world, alice) = call("spoken");
    world.press(alice, "5");
    world.finish();
    assert_eq!(world.told(), ["Five"]);
    let (mut world, _) = call("spoken");
    world.finish();
    assert_eq!(world.told(), ["Said <>"]);
}

#[test]
fn calls_are_answered_on_the_way() {
    let (mut world, _) = call("at-once");
    assert_eq!(world.told(), ["Answered Up"]);
    world.finish();
    let (mut world, _) = call("presses");
    world.finish();
    assert_eq!(world.told(), ["Pressed Up"]);
}

#[test]
fn texts_are_plain_and_come_from_a_variable_too() {
    let (mut world, _) = call("texts");
    world.finish();
    assert_eq!(
        world.told(),
        ["Text SUCCESS BASIC", "Text UNSUPPORTED NONE"]
    );
    let told = world.instructions.iter();
    let texts = told.filter_map(|told| match told {
        model::Instruction::SendText { text, .. } => Some(&**text),
        _ => None,
    });
    assert_eq!(texts.collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn a_hash_can_be_forgotten() {
    let (mut world, _) = call("hash");
    world.finish();
    assert_eq!(world.told(), ["Hash <>"]);
}

#[test]
fn background_is_ended_by_some_keys_or_none() {
    let (mut world, alice) = call("back");
    let spoken = world.media.iter().find_map(|told| match told {
        MediaInstruction::Play { language, .. } => Some(language.to_string()),
        _ => None,
    });
    assert_eq!(spoken.as_deref(), Some("de"));
    world.press(alice, "9");
    assert!(world.told().is_empty());
    world.press(alice, "5");
    world.finish();
    assert_eq!(world.told(), ["Five SUCCESS"]);
    let (mut world, alice) = call("deaf");
    world.press(alice, "5");
    world.finish();
    assert_eq!(world.told(), ["Back SUCCESS"]);
}

#[test]
fn music_or_the_dial_tone_is_heard_while_waiting() {
    let (mut world, _) = call("waits");
    assert_eq!(world.story(&["MusicOnHoldStart"]).len(), 1);
    world.run_ms(2_500);
    assert_eq!(world.story(&["MusicOnHoldStop"]).len(), 1);
    assert_eq!(world.told(), ["Timeout x"]);
    world.finish();
    let (mut world, alice) = call("dials");
    assert_eq!(tones(&world), [true]);
    world.press(alice, "5");
    assert_eq!(tones(&world), [true, false]);
    world.finish();
}

#[test]
fn those_who_wait_in_a_bridge_may_hear_ringing() {
    let (mut world, alice) = call("held");
    assert_eq!(tones(&world), [true]);
    world.hang_up(alice);
    world.finish();
    let (mut world, _) = call("odd");
    world.finish();
    assert_eq!(world.told(), ["Refused x"]);
}

#[test]
fn who_announces_is_heard_by_all_who_wait() {
    let dialplan = "[phones]\nexten => wait,1,BridgeWait(lounge)\n\
                    exten => speak,1,BridgeWait(lounge,announcer)\n";
    let mut world = World::new(1, dialplan);
    for name in ["alice", "bob", "carol"] {
        world.phone(name, Phone::Rings);
    }
    let [alice, carol] = ["alice", "carol"].map(|name| world.dial(name, "wait").unwrap());
    let bob = world.dial("bob", "speak").unwrap();
    world.run_ms(500);
    let hears = |told: bool| {
        [alice, carol].map(|to| {
            let (from, to) = (model::MediaId(bob.0).into(), model::MediaId(to.0));
            if told {
                MediaInstruction::Connect {
                    from,
                    to,
                    digits: true,
                }
            } else {
                MediaInstruction::Disconnect { from, to }
            }
        })
    };
    for told in hears(true) {
        assert!(world.media.contains(&told), "{:?}", world.media);
    }
    assert_eq!(world.story(&["MusicOnHoldStart"]).len(), 2);
    assert_eq!(world.story(&["MusicOnHoldStop"]).len(), 2);
    world.hang_up(bob);
    world.run_ms(500);
    for told in hears(false) {
        assert!(world.media.contains(&told), "{:?}", world.media);
    }
    assert_eq!(world.story(&["MusicOnHoldStart"]).len(), 4);
    world.hang_up(carol);
    world.hang_up(alice);
    world.finish();
}

/// Bob waits in the dialplan; alice bridges him by an extension.
fn bridged(exten: &str) -> (World, model::ChannelId, model::ChannelId) {
    let answers = Phone::Answers(std::time::Duration::from_millis(100));
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", answers);
    world.command(model::Command::Originate(model::Originate {
        destination: model::Destination::Extension(world::extension("stays")),
        ..originate("PJSIP/bob", "", "")
    }));
    world.run_ms(500);
    let bob = world.line("bob");
    let alice = world.dial("alice", exten).unwrap();
    world.run_ms(500);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2, "{exten}");
    (world, alice, bob)
}

#[test]
fn a_bridge_lasts_so_long_and_the_other_goes_back() {
    let (mut world, _, _) = bridged("joins");
    assert_eq!(world.played(), ["beep"]);
    world.run_ms(2_000);
    assert_eq!(world.told(), ["Joined SUCCESS", "Back PJSIP/bob"]);
    world.finish();
}

#[test]
fn the_other_is_hung_up_or_sent_elsewhere_afterwards() {
    let (mut world, alice, _) = bridged("ends");
    world.hang_up(alice);
    world.finish();
    assert!(world.told().is_empty());
    let (mut world, alice, _) = bridged("sends");
    world.hang_up(alice);
    world.finish();
    assert_eq!(world.told(), ["Sent PJSIP/bob"]);
}

#[test]
fn what_is_named_is_said_or_played() {
    let (mut world, _) = call("says");
    world.run_ms(3000);
    let played = ["digits/20&digits/1&digits/7&digits/5", "hello&digits/3"];
    assert_eq!(world.played(), played);
    assert_eq!(world.told(), ["Said SUCCESS", "Said FAILED"]);
    world.finish();
}

#[test]
fn causes_of_calls_are_kept_until_they_are_cleared() {
    let bob = Phone::Answers(std::time::Duration::from_secs(1));
    let (mut world, _) = World::calling(DIALPLAN, "causes", bob);
    world.run_ms(2000);
    let bob = world.line("bob");
    world.hang_up(bob);
    world.run_ms(100);
    assert_eq!(
        world.told(),
        [
            "Cause CHANUNAVAIL 66",
            "Record NO ANSWER",
            "Keys PJSIP/bob-00000001 SIP 200",
            "Keys",
        ]
    );
    // The channel's own end has no such code: it was answered and hung up.
    let codes = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            model::Event::Hangup { channel } => Some(channel.tech_cause.clone()),
            _ => None,
        });
    assert!(codes.flatten().next().is_none());
    world.finish();
}

#[test]
fn who_is_brought_together_may_hear_a_tone_first() {
    let (mut world, _) = World::calling(DIALPLAN, "up", Phone::Rings);
    world.dial("bob", "up").unwrap();
    world.run_ms(100);
    let reply = world.ask(model::Command::Bridge {
        first: "PJSIP/alice-00000000".into(),
        second: "PJSIP/bob-00000001".into(),
        tones: [false, true],
    });
    assert_eq!(reply, model::Reply::Done);
    assert_eq!(world.played(), ["beep"]);
    for name in ["alice", "bob"] {
        let line = world.line(name);
        world.hang_up(line);
    }
    world.finish();
}

#[test]
fn who_talks_is_told_where_it_is_wanted() {
    let (mut world, alice) = call("talk");
    let media = model::MediaId(alice.0);
    let talks = |ended| model::MediaReport::Talking { media, ended };
    world.give(Input::Media(talks(None)));
    world.give(Input::Media(talks(Some(Duration::from_millis(1_500)))));
    let story = world.story(&["TalkingStart", "TalkingStop"]);
    let told = ["TalkingStart", "TalkingStop"].map(|name| format!("{name} PJSIP/alice-00000000"));
    assert_eq!(story, told);
    world.finish();
    let talk = |level, silence| {
        let silence = Duration::from_millis(silence);
        Some(model::Talk { level, silence })
    };
    let wanted = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Detect { talk, .. } => Some(*talk),
        _ => None,
    });
    let wanted: Vec<_> = wanted.collect();
    assert_eq!(wanted, [talk(128, 1_200), talk(256, 2_500), None]);
}
