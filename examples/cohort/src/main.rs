//! copeak over a cohort: SQL functions over Parquet, in one process (DataFusion) or on a cluster (Ballista).

mod cluster;
mod columns;
mod function;
mod generate;
mod layout;
mod session;
#[cfg(test)]
mod tests;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::csv::WriterBuilder;
use datafusion::prelude::SessionContext;
use lexopt::prelude::{Long, Value, ValueExt};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

const USAGE: &str = "\
cohort generate [--count N] [--files N] [--real FOLDER] FOLDER
        N simulated recordings (2000) in N Parquet files (40), and the real ones under a folder of CSV files
cohort run [--cores N] [--scheduler PORT] [--partitions N] [--plan] [--out FILE.csv] FOLDER QUERY.sql
        a query over the table `recordings`, the Parquet files of FOLDER (or one file): on N cores (all) of this process, or on the
        cluster of the scheduler at PORT; cut into N partitions (32); --plan shows how, and does nothing
cohort scheduler PORT
cohort executor [--cores N] PORT SCHEDULER_PORT WORK_FOLDER
        the processes of a cluster on this machine; an executor takes PORT and the next, and N cores (1)
RUST_LOG=info has all of them say what they do";

/// Arguments of the program.
struct Asked {
    command: String,
    values: Vec<String>,
    /// The options, by name.
    given: Vec<String>,
    count: usize,
    files: usize,
    real: Option<PathBuf>,
    cores: Option<usize>,
    partitions: usize,
    scheduler: Option<u16>,
    plan: bool,
    out: Option<PathBuf>,
}

fn asked() -> Result<Asked, lexopt::Error> {
    let mut asked = Asked {
        command: String::new(),
        values: Vec::new(),
        given: Vec::new(),
        count: 2000,
        files: 40,
        real: None,
        cores: None,
        partitions: 32,
        scheduler: None,
        plan: false,
        out: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long(name) => {
                let name = name.to_string();
                match name.as_str() {
                    "count" => asked.count = arguments.value()?.parse()?,
                    "files" => asked.files = arguments.value()?.parse()?,
                    "real" => asked.real = Some(arguments.value()?.into()),
                    "cores" => asked.cores = Some(arguments.value()?.parse::<NonZeroUsize>()?.get()),
                    "partitions" => asked.partitions = arguments.value()?.parse::<NonZeroUsize>()?.get(),
                    "scheduler" => asked.scheduler = Some(arguments.value()?.parse()?),
                    "plan" => asked.plan = true,
                    "out" => asked.out = Some(arguments.value()?.into()),
                    _ => return Err(format!("there is no --{name}").into()),
                }
                asked.given.push(name);
            }
            Value(value) if asked.command.is_empty() => asked.command = value.string()?,
            Value(value) => asked.values.push(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(asked)
}

fn main() -> ExitCode {
    env_logger::init();
    let done = asked().map_err(Into::into).and_then(|asked| command(&asked));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cohort: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(asked: &Asked) -> Result<(), Box<dyn Error>> {
    let takes: &[&str] = match asked.command.as_str() {
        "generate" => &["count", "files", "real"],
        "run" => &["cores", "scheduler", "partitions", "plan", "out"],
        "executor" => &["cores"],
        _ => &[],
    };
    if let Some(option) = asked.given.iter().find(|option| !takes.contains(&option.as_str())) {
        return Err(format!("{} takes no --{option}\n\n{USAGE}", asked.command).into());
    }
    let values: Vec<&str> = asked.values.iter().map(String::as_str).collect();
    match (asked.command.as_str(), values.as_slice()) {
        ("generate", [folder]) => {
            generate::generate(folder.as_ref(), asked.count, asked.files, asked.real.as_deref())
        }
        ("run", [folder, query]) => {
            let query = std::fs::read_to_string(query).map_err(|error| format!("{query}: {error}"))?;
            runtime(asked.cores)?.block_on(run(asked, folder, &query))
        }
        ("scheduler", [port]) => runtime(None)?.block_on(cluster::scheduler(port.parse()?)),
        ("executor", [port, scheduler, work]) => {
            let work = cluster::executor(
                port.parse()?,
                scheduler.parse()?,
                work.to_string(),
                asked.cores.unwrap_or(1),
            );
            runtime(None)?.block_on(work)
        }
        _ => Err(format!("what to do?\n\n{USAGE}").into()),
    }
}

/// Threads with room for plans, which are walked recursively.
fn runtime(threads: Option<usize>) -> Result<tokio::runtime::Runtime, Box<dyn Error>> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = threads {
        builder.worker_threads(threads);
    }
    Ok(builder.enable_all().thread_stack_size(16 * 1024 * 1024).build()?)
}

async fn run(asked: &Asked, folder: &str, query: &str) -> Result<(), Box<dyn Error>> {
    let folder = std::fs::canonicalize(folder).map_err(|error| format!("{folder}: {error}"))?;
    let session = session::over(&folder.to_string_lossy(), asked.partitions, asked.scheduler).await?;
    if asked.plan {
        return plan(&session, query).await;
    }
    let started = Instant::now();
    let query = session.sql(query).await?;
    let schema = query.schema().as_arrow().clone();
    // Columns that do not fit are refused before the work is done, not after.
    if let Some(column) = schema.fields().iter().find(|column| column.data_type().is_nested()) {
        return Err(format!("{} does not fit into CSV: select its parts", column.name()).into());
    }
    let out: Box<dyn Write> = match &asked.out {
        Some(path) => Box::new(File::create(path).map_err(|error| format!("{}: {error}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    let found = query.collect().await?;
    let seconds = started.elapsed().as_secs_f64();
    // The first batch is empty, so that an answer without rows has its header, too.
    let mut writer = WriterBuilder::new().with_header(true).build(BufWriter::new(out));
    writer.write(&RecordBatch::new_empty(Arc::new(schema)))?;
    found.iter().try_for_each(|batch| writer.write(batch))?;
    let rows: usize = found.iter().map(RecordBatch::num_rows).sum();
    eprintln!(
        "{rows} rows in {seconds:.2} s{}",
        peak().map_or(String::new(), |mb| format!(", at most {mb} MB of memory"))
    );
    Ok(())
}

/// Prints the plan of the engine, stage by stage on a cluster.
async fn plan(session: &SessionContext, query: &str) -> Result<(), Box<dyn Error>> {
    for batch in session.sql(&format!("EXPLAIN {query}")).await?.collect().await? {
        let (kinds, plans) = (batch.column(0), batch.column(1));
        for row in 0..batch.num_rows() {
            println!("{}\n{}", text(kinds.as_ref(), row), text(plans.as_ref(), row));
        }
    }
    Ok(())
}

fn text(column: &dyn Array, row: usize) -> &str {
    column.as_string::<i32>().value(row)
}

/// Returns the peak memory of this process in megabytes, where the system reports it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024 / 1_000_000)
}
