//! `database query`: a question in SQL, asked of a copy of AstDB, which is kept otherwise. It can only read.

use super::{Outcome, all, unavailable};
use crate::node::Node;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// Who asks for more waits in vain.
const TIME: Duration = Duration::from_secs(2);
const ROWS: usize = 10_000;
/// The longest text there may be on the way to an answer, in bytes.
const LENGTH: i32 = 1 << 20;

type Values = Vec<(Arc<str>, Arc<str>)>;

pub(super) async fn run(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [question] = arguments else {
        return Outcome::Usage;
    };
    let Some(values) = all(node).await else {
        return unavailable();
    };
    match asked(values, question.clone()).await {
        Ok(told) => Outcome::Output(told),
        Err(why) => Outcome::Failed(format!("Query failed: {why}\n")),
    }
}

async fn asked(values: Values, question: String) -> Result<String, String> {
    let database = Connection::open_in_memory().map_err(|error| error.to_string())?;
    let interrupt = database.get_interrupt_handle();
    let mut answer = tokio::task::spawn_blocking(move || {
        fill(&database, &values).map_err(|error| error.to_string())?;
        ask(&database, &question)
    });
    let in_time = tokio::time::timeout(TIME, &mut answer).await;
    let answer = match in_time {
        Ok(answer) => answer,
        Err(_) => {
            interrupt.interrupt();
            answer.await
        }
    };
    answer.map_err(|error| error.to_string())?
}

fn fill(database: &Connection, values: &Values) -> rusqlite::Result<()> {
    // No other file is opened, whatever is asked.
    database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, LENGTH)?;
    database.execute_batch(
        "PRAGMA temp_store = MEMORY; CREATE TABLE astdb (key TEXT PRIMARY KEY, value TEXT); BEGIN",
    )?;
    let mut insert = database.prepare("INSERT INTO astdb VALUES (?, ?)")?;
    for (key, value) in values {
        insert.execute([&**key, &**value])?;
    }
    database.execute_batch("COMMIT; PRAGMA query_only = ON")
}

fn ask(database: &Connection, question: &str) -> Result<String, String> {
    let mut statement = database
        .prepare(question)
        .map_err(|error| error.to_string())?;
    let first = question.split_whitespace().next().unwrap_or_default();
    let reads = ["select", "with", "values"].map(|word| first.eq_ignore_ascii_case(word));
    if !reads.contains(&true) || !statement.readonly() {
        return Err("it can only SELECT; change values by database put and database del".into());
    }
    rows(&mut statement).map_err(|error| error.to_string())
}

fn rows(statement: &mut Statement<'_>) -> rusqlite::Result<String> {
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let (mut text, mut count) = (String::new(), 0);
    while let Some(row) = rows.next()? {
        if count == ROWS {
            text.push_str("...\n");
            break;
        }
        count += 1;
        for column in 0..columns {
            let cell = cell(row.get_ref(column)?);
            let _ = match column {
                0 => write!(text, "{cell:<50}"),
                _ => write!(text, ": {cell:<25}"),
            };
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{count} results found.");
    Ok(text)
}

fn cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(question: &str) -> Result<String, String> {
        let values = [("/fruit/apple", "green"), ("/fruit/plum", "blue")];
        let values = values.map(|(key, value)| (key.into(), value.into()));
        asked(values.into(), question.to_owned()).await
    }

    #[tokio::test]
    async fn questions_are_answered_in_columns() {
        let apple = format!(
            "{:<50}: {:<25}\n1 results found.\n",
            "/fruit/apple", "green"
        );
        let question = "SELECT key, value FROM astdb WHERE value LIKE 'g%'";
        assert_eq!(told(question).await, Ok(apple));
        let count = format!("{:<50}\n1 results found.\n", 2);
        assert_eq!(told("select count(*) from astdb").await, Ok(count));
        assert_eq!(
            told("SELECT * FROM astdb WHERE 0").await,
            Ok("0 results found.\n".into())
        );
    }

    #[tokio::test]
    async fn nothing_is_changed_or_opened_and_no_answer_is_endless() {
        for question in [
            "DELETE FROM astdb",
            "INSERT INTO astdb VALUES ('a', 'b')",
            "WITH x AS (SELECT 1) UPDATE astdb SET value = ''",
            "ATTACH '/tmp/x' AS x",
            "VACUUM INTO '/tmp/x'",
            "PRAGMA query_only = OFF",
            "SELECT hex(zeroblob(900000))",
            "SELECT * FROM nothing",
            "",
        ] {
            assert!(told(question).await.is_err(), "{question}");
        }
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) ";
        let told_many = told(&format!("{endless} SELECT x FROM n")).await.unwrap();
        assert!(told_many.ends_with("...\n10000 results found.\n"));
        assert!(
            told(&format!("{endless} SELECT max(x) FROM n"))
                .await
                .is_err()
        );
    }
}
