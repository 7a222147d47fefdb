//! Judges a history of transactions: `history-judge list-append|bank FILE [MODEL]`.
//!
//! MODEL is a consistency model that `adya` knows, strict-serializable unless given. A bank is a
//! history of registers in which a transaction that writes has read what it replaces, and whose
//! lines carry a "total" where one transaction read every account; all totals must be the same.
//! Exit code: 0 the history satisfies the model, 1 it does not, 2 nothing could be concluded or
//! read. A history in which nothing committed is no evidence, so it is never satisfied.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use adya::history::OpType;
use adya::{check, History, Opts, Valid, Workload};

/// How often a total was read, by the total.
fn totals(text: &str) -> Result<BTreeMap<i64, u64>, String> {
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        let operation: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
        if let Some(total) = operation.get("total") {
            let total = total.as_i64().ok_or("a total is no integer")?;
            *counts.entry(total).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn judge(kind: &str, path: &str, model: &str) -> Result<Valid, String> {
    let workload = match kind {
        "list-append" => Workload::ListAppend,
        "bank" => Workload::RwRegister,
        _ => return Err(format!("no kind of history: {kind}")),
    };
    let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let history = History::from_json(&text).map_err(|e| e.to_string())?;
    let options = Opts {
        models: vec![model.to_string()],
        timeout: Duration::from_secs(60),
        wfr_keys: workload == Workload::RwRegister,
        ..Opts::default()
    };
    let report = check(&history, workload, &options);
    let mut verdict = report.valid;
    for (kind, anomalies) in &report.anomalies {
        println!("{kind}: {} found, the first:", anomalies.len());
        if let Some(first) = anomalies.first() {
            println!("{}", first.explanation);
        }
    }
    if workload == Workload::RwRegister {
        let totals = totals(&text)?;
        if totals.len() > 1 {
            println!("total: read with different values, (total, times): {totals:?}");
            verdict = Valid::False;
        } else if totals.is_empty() && verdict == Valid::True {
            println!("total: never read");
            verdict = Valid::Unknown;
        }
    }
    let committed = history.ops.iter().filter(|op| op.kind == OpType::Ok).count();
    if committed == 0 && verdict == Valid::True {
        verdict = Valid::Unknown;
    }
    let steps: usize = history.ops.iter().filter(|op| op.kind == OpType::Ok).map(|op| op.value.len()).sum();
    let word = match verdict {
        Valid::True => "satisfied",
        Valid::False => "NOT satisfied",
        Valid::Unknown => "unknown",
    };
    println!("{model} is {word}: {committed} transactions of {steps} steps; anomalies: [{}]", report.anomaly_types.join(", "));
    Ok(verdict)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (kind, path, model) = match words.as_slice() {
        [kind, path] => (kind, path, "strict-serializable"),
        [kind, path, model] => (kind, path, model.as_str()),
        _ => {
            eprintln!("history-judge list-append|bank FILE [MODEL]");
            return ExitCode::from(2);
        }
    };
    match judge(kind, path, model) {
        Ok(Valid::True) => ExitCode::SUCCESS,
        Ok(Valid::False) => ExitCode::from(1),
        Ok(Valid::Unknown) => ExitCode::from(2),
        Err(message) => {
            eprintln!("history-judge: {message}");
            ExitCode::from(2)
        }
    }
}
