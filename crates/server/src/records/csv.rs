//! cdr-csv: a line of comma separated values for each call record, in Master.csv and in a file of
//! the account's own. Texts are in double quotes, numbers are not; a time that is not is empty.

use super::is_file_name;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::CallRecord;
use switch::function::record_time;

/// cdr.conf, [csv]. Call records are written to `cdr-csv` in the folder of the log if there is
/// such a section.
#[derive(Clone, Debug, conf::Settings)]
pub(crate) struct Csv {
    /// Whether times are told in UTC instead of where the server is.
    #[setting(name = "usegmtime")]
    utc: bool,
    /// Whether a column tells the uniqueid.
    #[setting(name = "loguniqueid")]
    uniqueid: bool,
    /// Whether a column tells the user field.
    #[setting(name = "loguserfield")]
    user_field: bool,
    /// Whether records of an account are also written to a file named after it.
    #[setting(name = "accountlogs", default = "yes")]
    accounts: bool,
    /// Whether columns tell the account of whoever was called, the linkedid and the record's number.
    #[setting(name = "newcdrcolumns")]
    more: bool,
}

impl Csv {
    /// The names of the files a record belongs in.
    pub(super) fn files(&self, record: &CallRecord) -> Vec<String> {
        let mut files = vec!["Master.csv".to_owned()];
        let account = &*record.account;
        if self.accounts && !account.is_empty() {
            if is_file_name(account) && account != "Master" {
                files.push(format!("{account}.csv"));
            } else {
                tracing::warn!(
                    account,
                    "The account cannot have a file of call records of its own"
                );
            }
        }
        files
    }

    /// The line of a record, without its end.
    pub(super) fn line(&self, record: &CallRecord, here: &TimeZone) -> String {
        let zone = if self.utc { &TimeZone::UTC } else { here };
        let time = |time: Timestamp| quoted(&record_time(time, zone));
        let mut columns: Vec<String> = [
            &record.account,
            &record.source,
            &record.destination,
            &record.context,
            &record.caller_id,
            &record.channel,
            &record.destination_channel,
            &record.application,
            &record.data,
        ]
        .map(|text| quoted(text))
        .into();
        columns.extend([
            time(record.start),
            record.answer.map(time).unwrap_or_default(),
            time(record.end),
            record.duration().to_string(),
            record.billable.to_string(),
            quoted(record.disposition.text()),
            quoted(record.ama_flags.text()),
        ]);
        if self.uniqueid {
            columns.push(quoted(&record.uniqueid));
        }
        if self.user_field {
            columns.push(quoted(&record.user_field));
        }
        if self.more {
            columns.push(quoted(&record.peer_account));
            columns.push(quoted(&record.linkedid));
            columns.push(record.sequence.to_string());
        }
        columns.join(",")
    }
}

/// A text as a column: in quotes, its own doubled, and on one line.
fn quoted(text: &str) -> String {
    let text = text.replace('"', "\"\"").replace(['\r', '\n'], " ");
    format!("\"{text}\"")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use model::{AmaFlags, Disposition};

    /// One that nobody answered, in the second of the epoch.
    pub(in super::super) fn record() -> CallRecord {
        let start = Timestamp::from_second(1).unwrap();
        CallRecord {
            account: "house".into(),
            caller_id: "\"Alice \"\"A\"\"\" <101>".into(),
            source: "101".into(),
            destination: "102".into(),
            context: "lab".into(),
            channel: "PJSIP/alice-00000000".into(),
            destination_channel: "PJSIP/bob-00000001".into(),
            application: "Dial".into(),
            data: "PJSIP/bob,20".into(),
            start,
            answer: None,
            end: Timestamp::from_second(6).unwrap(),
            disposition: Disposition::NoAnswer,
            ama_flags: AmaFlags::Documentation,
            uniqueid: "1.0".into(),
            linkedid: "1.0".into(),
            user_field: "a,b".into(),
            peer_account: "bobs".into(),
            sequence: 7,
            billable: 0,
            values: Vec::new(),
        }
    }

    const COMMON: &str = r#""house","101","102","lab","""Alice """"A"""""" <101>","PJSIP/alice-00000000","PJSIP/bob-00000001","Dial","PJSIP/bob,20","1970-01-01 00:00:01",,"1970-01-01 00:00:06",5,0,"NO ANSWER","DOCUMENTATION""#;

    #[test]
    fn columns_are_those_of_the_reference() {
        assert_eq!(Csv::default().line(&record(), &TimeZone::UTC), COMMON);
        let all = Csv {
            uniqueid: true,
            user_field: true,
            more: true,
            ..Csv::default()
        };
        assert_eq!(
            all.line(&record(), &TimeZone::UTC),
            format!(r#"{COMMON},"1.0","a,b","bobs","1.0",7"#)
        );
    }

    #[test]
    fn times_are_those_of_the_place_or_utc() {
        let here = TimeZone::fixed(jiff::tz::offset(2));
        let local = Csv::default().line(&record(), &here);
        assert!(local.contains("\"1970-01-01 02:00:01\""), "{local}");
        let utc = Csv {
            utc: true,
            ..Csv::default()
        };
        assert_eq!(utc.line(&record(), &here), COMMON);
    }

    #[test]
    fn an_account_has_a_file_unless_its_name_leads_elsewhere() {
        let csv = Csv::default();
        assert_eq!(csv.files(&record()), ["Master.csv", "house.csv"]);
        for account in ["", "../house", ".house", "a/b", "Master"] {
            let record = CallRecord {
                account: account.into(),
                ..record()
            };
            assert_eq!(csv.files(&record), ["Master.csv"], "{account}");
        }
    }
}
