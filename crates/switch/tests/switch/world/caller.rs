//! A call that functions are tried on.

use super::{Phone, World};
use model::{ChannelId, Command, Reply, VariableRequest};

pub(crate) const DIALPLAN: &str = "
[globals]
GREETING = hello
[phones]
exten => wait,1,Wait(100)
exten => deep,1,Set(X=${EVAL(${TEXT})})
 same => n,Wait(100)
exten => environment,1,Set(HOME=${ENV(HOME)})
 same => n,Wait(100)
exten => database,1,Set(DB(fruit/apple)=green)
 same => n,Set(DB(fruit/pear/ripe)=yes)
 same => n,Set(DB(tool/saw)=1)
 same => n,Set(A=${DB(fruit/apple)}${DB(fruit/none)}${DB_RESULT})
 same => n,Set(B=${DB_EXISTS(tool/saw)}${DB_EXISTS(tool/axe)})
 same => n,Set(C=${DB_KEYS()}|${DB_KEYS(fruit)}|${DB_KEYCOUNT(fruit/pear)})
 same => n,Set(D=${DB_DELETE(tool/saw)}${DB_EXISTS(tool/saw)})
 same => n,DBdeltree(fruit/pear)
 same => n,Set(E=${DB_KEYS(fruit)})
 same => n,Wait(100)
exten => exists,1,Set(X=)
 same => n,Set(GLOBAL(G)=1)
 same => n,Set(BEFORE=${VARIABLE_EXISTS(X)}${VARIABLE_EXISTS(G)}${GLOBAL_EXISTS(G)}${GLOBAL_EXISTS(GREETING)})
 same => n,Set(DELETE(X)=)
 same => n,Set(GLOBAL_DELETE(G)=)
 same => n,Set(AFTER=${VARIABLE_EXISTS(X)}${VARIABLE_EXISTS(G)}${GLOBAL_EXISTS(G)}${GLOBAL_EXISTS(X)})
 same => n,Set(EXPORT(${CHANNEL},EXPORTED)=by myself)
 same => n,Set(EXPORT(PJSIP/nobody,EXPORTED)=nobody)
 same => n,Wait(100)
exten => 102,1,Dial(PJSIP/bob,5)
 same => n,Wait(100)
exten => lamp,hint,Custom:lamp
exten => lamp,1(label),NoOp()
exten => desk,hint,Custom:desk&Custom:chair,CustomPresence:desk(The desk)
exten => moved,1,Goto(moving,1)
exten => moving,1,Goto(other,moved,1)
[other]
exten => s,1,NoOp()
exten => moved,1,Wait(100)
";

/// A caller whose variables and functions are looked at from outside.
pub(crate) struct Caller {
    pub(crate) world: World,
    pub(crate) channel: ChannelId,
    pub(crate) name: String,
}

impl Caller {
    /// Alice calls an extension of a dialplan of many functions; bob is busy.
    pub(crate) fn dial(exten: &str) -> Self {
        let mut world = World::new(1, DIALPLAN);
        world.phone("alice", Phone::Rings);
        world.phone("bob", Phone::Refuses(model::Cause::USER_BUSY, "486"));
        let channel = world.dial("alice", exten).unwrap();
        let name = world.story(&["Newchannel"])[0]
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned();
        Self {
            world,
            channel,
            name,
        }
    }

    /// A variable or function of the channel.
    pub(crate) fn variable(&self, name: &str) -> VariableRequest {
        VariableRequest {
            channel: Some(self.name.as_str().into()),
            name: name.into(),
        }
    }

    /// What it comes to.
    pub(crate) fn get(&mut self, name: &str) -> String {
        let request = self.variable(name);
        match self.world.ask(Command::Getvar(request)) {
            Reply::Value(value) => value.to_string(),
            other => panic!("{other:?}"),
        }
    }

    /// Sets it.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Reply {
        let variable = self.variable(name);
        self.world.ask(Command::Setvar {
            variable,
            value: value.into(),
        })
    }

    /// Each and what it comes to.
    pub(crate) fn check(&mut self, cases: &[(&str, &str)]) {
        for (name, expected) in cases {
            assert_eq!(self.get(name), *expected, "{name}");
        }
    }
}
