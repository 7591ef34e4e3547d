//! The store on a real folder.

use super::*;
use conf::Step;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const FILE: &str = "; ours\n[first] ; one\nalpha = 1\n\n[second](!)\nbeta = 2\n";

/// A folder `etc` with a file, beside a file that is nobody's business.
fn folder() -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let etc = outer.path().join("etc");
    fs::create_dir_all(etc.join("sub")).unwrap();
    fs::write(etc.join("a.conf"), FILE).unwrap();
    fs::write(outer.path().join("outside.conf"), "[o]\nx = 1\n").unwrap();
    (outer, etc)
}

fn read_request(name: &str) -> FileRequest {
    FileRequest::Read {
        name: name.to_owned(),
    }
}

fn append(key: &str, value: &str) -> Step {
    Step {
        action: "Append".to_owned(),
        category: Some("first".to_owned()),
        variable: Some(key.to_owned()),
        value: Some(value.to_owned()),
        ..Step::default()
    }
}

fn update_request(source: &str, destination: &str, steps: Vec<Step>) -> FileRequest {
    FileRequest::Update(Box::new(FileUpdate {
        source: source.to_owned(),
        destination: destination.to_owned(),
        steps,
        preserve: true,
        reload: None,
    }))
}

/// The entries of a section, as the store reads them.
fn entries(root: &Path, name: &str) -> Vec<String> {
    let Ok(FileReply::Config(config)) = carry_out(root, &read_request(name)) else {
        panic!("{name} does not read")
    };
    let section = config.section("first").unwrap();
    section
        .entries
        .iter()
        .map(|entry| format!("{}={}", entry.key, entry.value))
        .collect()
}

/// The names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_made_changed_and_read() {
    let (_outer, etc) = folder();
    fs::set_permissions(etc.join("a.conf"), fs::Permissions::from_mode(0o640)).unwrap();
    assert!(
        carry_out(
            &etc,
            &FileRequest::Create {
                name: "sub/new.conf".to_owned()
            }
        )
        .is_ok()
    );
    let again = carry_out(
        &etc,
        &FileRequest::Create {
            name: "sub/new.conf".to_owned(),
        },
    );
    assert_eq!(
        again.unwrap_err(),
        FileFault::System("File exists".to_owned())
    );

    let steps = vec![append("gamma", "3")];
    assert!(carry_out(&etc, &update_request("a.conf", "a.conf", steps.clone())).is_ok());
    assert_eq!(entries(&etc, "a.conf"), ["alpha=1", "gamma=3"]);
    let expected = FILE.replace("alpha = 1\n", "alpha = 1\ngamma = 3\n");
    assert_eq!(fs::read_to_string(etc.join("a.conf")).unwrap(), expected);
    let mode = fs::metadata(etc.join("a.conf"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);

    // Into another file; by its whole name too.
    let absolute = etc.join("sub/new.conf");
    let absolute = absolute.to_str().unwrap();
    assert!(carry_out(&etc, &update_request("a.conf", absolute, steps)).is_ok());
    assert_eq!(
        entries(&etc, "sub/new.conf"),
        ["alpha=1", "gamma=3", "gamma=3"]
    );
    assert_eq!(names(&etc), ["a.conf", "sub"]);
    assert_eq!(names(&etc.join("sub")), ["new.conf"]);
}

#[test]
fn a_change_is_done_in_whole_or_not_at_all() {
    let (_outer, etc) = folder();
    let mut steps = vec![append("gamma", "3")];
    steps.push(Step {
        action: "Explode".to_owned(),
        ..append("x", "")
    });
    let refused = carry_out(&etc, &update_request("a.conf", "a.conf", steps)).unwrap_err();
    assert_eq!(refused, FileFault::Refused(Refused::UnknownAction));
    assert_eq!(fs::read_to_string(etc.join("a.conf")).unwrap(), FILE);
    assert_eq!(names(&etc), ["a.conf", "sub"]);
    let missing = carry_out(&etc, &update_request("a.conf", "b.conf", Vec::new()));
    assert_eq!(missing.unwrap_err(), FileFault::Missing);
}

#[test]
fn nothing_outside_the_folder_is_opened() {
    let (outer, etc) = folder();
    let outside = outer.path().join("outside.conf");
    symlink(&outside, etc.join("link.conf")).unwrap();
    symlink("../outside.conf", etc.join("relative.conf")).unwrap();
    symlink(outer.path(), etc.join("out")).unwrap();
    symlink(outer.path().join("fresh.conf"), etc.join("dangling.conf")).unwrap();
    symlink("loop.conf", etc.join("loop.conf")).unwrap();
    symlink("a.conf", etc.join("alias.conf")).unwrap();
    symlink("/dev/zero", etc.join("device.conf")).unwrap();
    fs::write(
        etc.join("includes.conf"),
        format!("[first]\n#include \"{}\"\n", outside.display()),
    )
    .unwrap();
    fs::write(etc.join("links.conf"), "[first]\n#include \"link.conf\"\n").unwrap();
    fs::write(etc.join("globs.conf"), "[first]\n#include \"../*.conf\"\n").unwrap();
    nix::unistd::mkfifo(&etc.join("pipe.conf"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    // A folder whose name begins as ours does.
    fs::create_dir(outer.path().join("etc-old")).unwrap();
    fs::write(outer.path().join("etc-old/a.conf"), FILE).unwrap();

    let sibling = outer.path().join("etc-old/a.conf").display().to_string();
    let absolute = outside.display().to_string();
    let bad = [
        "../outside.conf",
        "sub/../../outside.conf",
        "./../outside.conf",
        "/etc/passwd",
        "/dev/zero",
        &absolute,
        &sibling,
        "link.conf",
        "relative.conf",
        "out/outside.conf",
        "out/fresh.conf",
        "dangling.conf",
        "loop.conf",
        "device.conf",
        "pipe.conf",
        "sub",
        ".",
        "..",
        "",
        " ",
        "/",
        "a\nb",
        "a\0b",
        "sub/nothing/../../a.conf/..",
        ".switchroom-update",
        "sub/.switchroom-new-a.conf",
    ];
    let steps = || vec![append("gamma", "3")];
    for name in bad {
        let requests = [
            read_request(name),
            FileRequest::Create {
                name: name.to_owned(),
            },
            update_request(name, "a.conf", steps()),
            update_request("a.conf", name, steps()),
        ];
        for request in requests {
            assert!(carry_out(&etc, &request).is_err(), "{request:?}");
        }
    }
    // What is included from elsewhere is not told, and the line that includes it stays.
    for name in ["includes.conf", "links.conf", "globs.conf"] {
        let before = fs::read_to_string(etc.join(name)).unwrap();
        assert_eq!(entries(&etc, name), [""; 0], "{name}");
        assert!(
            carry_out(&etc, &update_request(name, name, steps())).is_ok(),
            "{name}"
        );
        assert_eq!(entries(&etc, name), ["gamma=3"], "{name}");
        let after = fs::read_to_string(etc.join(name)).unwrap();
        assert_eq!(after, before.replace("[first]\n", "[first]\ngamma = 3\n"));
    }
    assert_eq!(fs::read_to_string(etc.join("a.conf")).unwrap(), FILE);
    assert_eq!(fs::read_to_string(&outside).unwrap(), "[o]\nx = 1\n");
    assert_eq!(names(outer.path()), ["etc", "etc-old", "outside.conf"]);

    // A link within the folder is followed, and stays a link.
    assert!(carry_out(&etc, &update_request("alias.conf", "alias.conf", steps())).is_ok());
    assert!(
        fs::symlink_metadata(etc.join("alias.conf"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(entries(&etc, "a.conf"), ["alpha=1", "gamma=3"]);
}

#[test]
fn what_is_included_from_elsewhere_keeps_its_section() {
    let (outer, etc) = folder();
    fs::write(
        outer.path().join("outside.conf"),
        "[first](+)\nsecret = x\n",
    )
    .unwrap();
    fs::write(
        etc.join("b.conf"),
        "[first]\nalpha = 1\n[other]\n#include ../outside.conf\n",
    )
    .unwrap();
    let delete = |name: &str| Step {
        action: "DelCat".to_owned(),
        category: Some(name.to_owned()),
        ..Step::default()
    };
    let refused = carry_out(
        &etc,
        &update_request("b.conf", "b.conf", vec![delete("first")]),
    );
    assert_eq!(refused.unwrap_err(), FileFault::Refused(Refused::NotSaved));
    assert_eq!(entries(&etc, "b.conf"), ["alpha=1"]);
    let steps = vec![append("gamma", "3")];
    assert!(carry_out(&etc, &update_request("b.conf", "b.conf", steps)).is_ok());
    assert_eq!(entries(&etc, "b.conf"), ["alpha=1", "gamma=3"]);
}

#[test]
fn includes_are_read_and_changed_within_the_folder() {
    let (_outer, etc) = folder();
    fs::write(
        etc.join("all.conf"),
        "[first]\n#include \"sub/*.conf\"\n#include \"./more.conf\"\n",
    )
    .unwrap();
    fs::write(etc.join("sub/2.conf"), "two = 2\n").unwrap();
    fs::write(etc.join("sub/1.conf"), "one = 1\n").unwrap();
    fs::write(etc.join("sub/.hidden.conf"), "three = 3\n").unwrap();
    fs::write(etc.join("more.conf"), "[other]\nx = 1\n").unwrap();
    assert_eq!(entries(&etc, "all.conf"), ["one=1", "two=2"]);
    let change = Step {
        action: "Update".to_owned(),
        ..append("one", "5")
    };
    let rename = Step {
        action: "RenameCat".to_owned(),
        category: Some("other".to_owned()),
        value: Some("new".to_owned()),
        ..Step::default()
    };
    assert!(
        carry_out(
            &etc,
            &update_request("all.conf", "all.conf", vec![change, rename])
        )
        .is_ok()
    );
    assert_eq!(
        fs::read_to_string(etc.join("sub/1.conf")).unwrap(),
        "one = 5\n"
    );
    assert_eq!(
        fs::read_to_string(etc.join("more.conf")).unwrap(),
        "[new]\nx = 1\n"
    );
    assert_eq!(names(&etc), ["a.conf", "all.conf", "more.conf", "sub"]);
}

#[test]
fn renames_a_killed_server_has_left_are_done() {
    let (_outer, etc) = folder();
    fs::write(etc.join(".switchroom-new-a.conf"), "[first]\nnew = 1\n").unwrap();
    // The first of the two was renamed before the end.
    fs::write(etc.join("sub/b.conf"), "[first]\nnew = 2\n").unwrap();
    let list = "sub/.switchroom-new-b.conf\0sub/b.conf\0.switchroom-new-a.conf\0a.conf\0";
    fs::write(etc.join(".switchroom-update"), list).unwrap();
    Folder::open(&etc).unwrap().recover().unwrap();
    assert_eq!(entries(&etc, "a.conf"), ["new=1"]);
    assert_eq!(names(&etc), ["a.conf", "sub"]);
    assert_eq!(names(&etc.join("sub")), ["b.conf"]);
}

#[tokio::test]
async fn editors_come_one_after_the_other() {
    let (_outer, etc) = folder();
    let store = Store::start(&etc).unwrap();
    let editors: Vec<_> = (0..50)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let steps = vec![append(&format!("k{number}"), "x")];
                store
                    .ask(update_request("a.conf", "a.conf", steps))
                    .await
                    .unwrap()
                    .unwrap();
            })
        })
        .collect();
    for editor in editors {
        editor.await.unwrap();
    }
    let found = entries(&etc, "a.conf");
    for number in 0..50 {
        assert!(found.contains(&format!("k{number}=x")), "{found:?}");
    }
}

#[tokio::test]
async fn who_finds_too_many_waiting_is_told_at_once() {
    let (jobs, _waiting) = mpsc::channel(1);
    let store = Store { jobs };
    let (answer, _) = oneshot::channel();
    store
        .jobs
        .try_send(Job {
            request: read_request("a.conf"),
            answer,
        })
        .unwrap();
    assert_eq!(store.ask(read_request("a.conf")).await.unwrap_err(), Busy);
}

const VICTIM: &str = "SWITCHROOM_STORE_VICTIM";

/// Run by the next test in a process of its own: changes two files together until it is killed.
#[test]
fn victim() {
    let Some(etc) = std::env::var_os(VICTIM).map(PathBuf::from) else {
        return;
    };
    for number in 1.. {
        let both = ["one", "two"].map(|key| Step {
            action: "Update".to_owned(),
            ..append(key, &number.to_string())
        });
        carry_out(
            &etc,
            &update_request("both.conf", "both.conf", both.to_vec()),
        )
        .unwrap();
    }
}

#[test]
fn a_killed_server_leaves_whole_files_that_belong_together() {
    let (_outer, etc) = folder();
    let filler = "; a comment that makes the file longer than one write of a disk\n".repeat(200);
    fs::write(
        etc.join("both.conf"),
        format!("[first]\n{filler}one = 0\n#include \"half.conf\"\n"),
    )
    .unwrap();
    fs::write(etc.join("half.conf"), format!("{filler}two = 0\n")).unwrap();
    let mut last = 0;
    for round in 0..25_u32 {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::victim"])
            .env(VICTIM, &etc)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed at another moment each time, once it has begun.
        while entries_or_nothing(&etc).is_none_or(|number| number == last) {
            assert_eq!(victim.try_wait().unwrap(), None, "it ended by itself");
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_micros(
            u64::from(round) * 997 % 7_000,
        ));
        victim.kill().unwrap();
        assert_eq!(victim.wait().unwrap().signal(), Some(9));

        Folder::open(&etc).unwrap().recover().unwrap();
        let found = entries(&etc, "both.conf");
        let number = found[0].strip_prefix("one=").unwrap().to_owned();
        assert_eq!(found, [format!("one={number}"), format!("two={number}")]);
        let text = fs::read_to_string(etc.join("both.conf")).unwrap();
        assert_eq!(
            text,
            format!("[first]\n{filler}one = {number}\n#include \"half.conf\"\n")
        );
        last = number.parse().unwrap();
    }
    assert!(last > 0);
}

/// The number in the first file, while it is being changed by somebody else.
fn entries_or_nothing(etc: &Path) -> Option<u64> {
    let text = fs::read_to_string(etc.join("both.conf")).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix("one = "))?
        .parse()
        .ok()
}

#[test]
fn a_file_is_saved_whole_and_what_it_said_is_kept() {
    let (_outer, etc) = folder();
    let save = |name: &str, text: &str| {
        let (name, text) = (name.to_owned(), text.to_owned());
        carry_out(&etc, &FileRequest::Save { name, text }).map(drop)
    };
    let said = |name: &str| fs::read_to_string(etc.join(name)).unwrap();
    for text in ["[x]\na = 1\n", "[x]\na = 2\n"] {
        let before = said("a.conf");
        assert_eq!(save("a.conf", text), Ok(()));
        assert_eq!(
            (said("a.conf"), said("a.conf.old")),
            (text.to_owned(), before)
        );
    }
    assert_eq!(save("sub/new.conf", "[n]\n"), Ok(()));
    assert_eq!(said("sub/new.conf"), "[n]\n");
    assert_eq!(save("../outside.conf", ""), Err(FileFault::Restricted));
    symlink("../outside.conf", etc.join("link.conf")).unwrap();
    assert!(save("link.conf", "").is_err());
    assert_eq!(save("no/such.conf", ""), Err(FileFault::Missing));
}
