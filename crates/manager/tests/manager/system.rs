//! Actions about the node: its console, configuration, log and modules (ami-server.md 10).

use crate::actions::{action, done, error};
use crate::client::{Client, crlf};
use manager::{Answer, ConsoleReport, ReloadOutcome, Request};
use model::Reply;

#[test]
fn commands_run_on_the_console_and_are_told_line_by_line() {
    let ask = action("Command", "Command: core show x\n");
    let report = |success, output: &str| {
        Answer::Console(ConsoleReport {
            success,
            output: output.into(),
        })
    };
    for (success, output, response, lines) in [
        (
            true,
            "one\n\ntwo\n",
            "Success",
            "Output: one\nOutput: \nOutput: two\n",
        ),
        (true, "", "Success", "Output: \n"),
        (
            false,
            "\u{1b}[1;31mNo\u{1b}[0m such\n",
            "Error",
            "Output: No such\n",
        ),
    ] {
        let told = Client::of("admin").ask(&ask, report(success, output));
        let head = format!("Response: {response}\nActionID: 1\nMessage: Command output follows\n");
        assert_eq!(told, crlf(&format!("{head}{lines}\n")));
    }
    let mut client = Client::of("admin");
    assert_eq!(
        client.send(&action("Command", "")),
        error("No command provided")
    );
    for forbidden in [
        "module load x",
        "MODULE\tunload x",
        "\"restart\" gracefully",
        "mod\\ule load",
    ] {
        let told = client.send(&action("Command", &format!("Command: {forbidden}\n")));
        assert_eq!(told, error("Command blacklisted"), "{forbidden}");
    }
}

#[test]
fn the_node_is_told() {
    let mut client = Client::of("admin");
    assert_eq!(
        client.send(&action("CoreSettings", "")),
        crlf(
            "Response: Success\nActionID: 1\nAMIversion: 11.0.0\nAsteriskVersion: 22.8.0\nSystemName: \n\
             CoreMaxCalls: 0\nCoreMaxLoadAvg: 0.000000\nCoreRunUser: \nCoreRunGroup: \n\
             CoreMaxFilehandles: 0\nCoreRealTimeEnabled: No\nCoreCDRenabled: Yes\nCoreHTTPenabled: Yes\n\
             SoundsSearchCustomDir: No\n\n"
        )
    );
    assert_eq!(
        client.ask_switch(
            &action("CoreStatus", ""),
            Reply::Counts {
                channels: 2,
                calls: 9
            }
        ),
        crlf(
            "Response: Success\nActionID: 1\nCoreStartupDate: 2026-01-01\nCoreStartupTime: 00:00:00\n\
             CoreReloadDate: 2026-01-01\nCoreReloadTime: 00:00:00\nCoreCurrentCalls: 2\n\
             CoreProcessedCalls: 9\n\n"
        )
    );
    let mut ended = Client::of("admin");
    let told = ended.ask(&action("CoreStatus", ""), Answer::Unavailable);
    assert_eq!(told, error("Asterisk is shutting down"));
}

#[test]
fn the_commands_an_account_may_use_are_listed() {
    let told = Client::of("calls").send(&action("ListCommands", ""));
    assert!(told.starts_with(&crlf("Response: Success\nActionID: 1\n")));
    assert!(
        told.contains("\r\nPing: Keepalive command.  (Priv: <none>)\r\n"),
        "{told}"
    );
    assert!(
        told.contains("\r\nStatus: List channel status.  (Priv: system,call,reporting,all)\r\n")
    );
    assert!(!told.contains("CoreStatus"));
}

#[test]
fn the_configuration_is_read_anew_and_the_log_rotated() {
    let reload = action("Reload", "Module: app_queue.so\n");
    for (outcome, told) in [
        (ReloadOutcome::Done, done("Module Reloaded")),
        (ReloadOutcome::NotFound, error("No such module")),
        (ReloadOutcome::Failed, error("An unknown error occurred")),
        (ReloadOutcome::InProgress, error("A reload is in progress")),
        (
            ReloadOutcome::Uninitialized,
            error("Module not initialized"),
        ),
        (
            ReloadOutcome::Unsupported,
            error("Module does not support reload"),
        ),
    ] {
        assert_eq!(
            Client::of("admin").ask(&reload, Answer::Reloaded(outcome)),
            told
        );
    }
    let rotate = action("LoggerRotate", "");
    let rotated = done("Reloaded the logger and rotated log files");
    assert_eq!(
        Client::of("admin").ask(&rotate, Answer::Rotated(true)),
        rotated
    );
    let failed = error("Failed to reload the logger and rotate log files");
    assert_eq!(
        Client::of("admin").ask(&rotate, Answer::Rotated(false)),
        failed
    );
}

#[test]
fn modules_are_there_or_not_and_stay_so() {
    let check = action("ModuleCheck", "Module: app_dial.so\n");
    let mut client = Client::of("admin");
    let there = crlf("Response: Success\nActionID: 1\nVersion: \n\n");
    assert_eq!(client.ask(&check, Answer::Module(true)), there);
    assert!(matches!(&client.requests[0], Request::Module(name) if name == "app_dial"));
    assert_eq!(
        Client::of("admin").ask(&check, Answer::Module(false)),
        error("Module not loaded")
    );

    for (headers, text) in [
        ("Module: x\n", "Incomplete ModuleLoad action."),
        (
            "Module: x\nLoadType: melt\n",
            "Incomplete ModuleLoad action.",
        ),
        ("LoadType: load\n", "Need module name"),
        (
            "Module: ../x.so\nLoadType: load\n",
            "Module must be in the configured modules directory.",
        ),
    ] {
        assert_eq!(
            Client::of("admin").send(&action("ModuleLoad", headers)),
            error(text),
            "{headers}"
        );
    }
    let load = |kind: &str| {
        action(
            "ModuleLoad",
            &format!("Module: app_dial.so\nLoadType: {kind}\n"),
        )
    };
    let told = |kind: &str, there| Client::of("admin").ask(&load(kind), Answer::Module(there));
    assert_eq!(told("Load", true), error("Could not load module."));
    assert_eq!(told("unload", true), error("Could not unload module."));
    assert_eq!(told("refresh", true), error("Could not refresh module."));
    assert_eq!(told("load", false), error("Module not found."));
    let told = |outcome| Client::of("admin").ask(&load("reload"), Answer::Reloaded(outcome));
    assert_eq!(told(ReloadOutcome::Done), done("Module reloaded."));
    assert_eq!(told(ReloadOutcome::NotFound), error("No such module."));
    assert_eq!(
        told(ReloadOutcome::Unsupported),
        error("Module does not support reload action.")
    );
    let all = Client::of("admin").ask(
        &action("ModuleLoad", "LoadType: reload\n"),
        Answer::Reloaded(ReloadOutcome::Done),
    );
    assert_eq!(all, done("All modules reloaded"));
}
